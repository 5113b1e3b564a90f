namespace Beat.Messaging.Members.Replica;

/// <summary>What a module remembers of a person.</summary>
public sealed class UserReplica
{
    public required Guid ProfileId { get; init; }

    public string? DisplayName { get; set; }

    /// <summary>False once the profile was deleted.</summary>
    public bool IsKnown { get; set; }

    public long Version { get; set; }
}

/// <summary>Keeps a module's copy of people.</summary>
public abstract class UserReplicaKeeper<TContext>(ModuleStore<TContext> store)
    : IEventHandler<UserRecorded>, IEventHandler<UserDeleted>
    where TContext : ModuleContext
{
    public Task Handle(Envelope<UserRecorded> envelope, CancellationToken ct) =>
        OnUser(envelope.Payload.ProfileId, envelope.AggregateVersion, isKnown: true, envelope.Payload.DisplayName, ct);

    public virtual Task Handle(Envelope<UserDeleted> envelope, CancellationToken ct) =>
        OnUser(envelope.Payload.ProfileId, envelope.AggregateVersion, isKnown: false, displayName: null, ct);

    private Task OnUser(Guid profileId, long version, bool isKnown, string? displayName, CancellationToken ct) =>
        store.Write(async db =>
        {
            var user = await db.Set<UserReplica>().ForUpdate().SingleOrDefaultAsync(u => u.ProfileId == profileId, ct);
            if (user is null)
                db.Add(user = new UserReplica { ProfileId = profileId });
            if (version > user.Version)
                (user.Version, user.IsKnown, user.DisplayName) = (version, isKnown, displayName);
        }, ct);
}
