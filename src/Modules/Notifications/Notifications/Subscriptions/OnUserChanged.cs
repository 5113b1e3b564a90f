namespace Beat.Messaging.Notifications.Subscriptions;

/// <summary>
/// Keeps what people are called, and forgets who was deleted: what was theirs goes, and what others were told of them loses the
/// name.
/// </summary>
internal sealed class OnUserChanged(ModuleStore<NotificationsContext> store) : UserReplicaKeeper<NotificationsContext>(store)
{
    private const string Nobody = "Deleted user";
    private readonly ModuleStore<NotificationsContext> store = store;

    public override async Task Handle(Envelope<UserDeleted> envelope, CancellationToken ct)
    {
        // First: from now on nothing new is made for them.
        await base.Handle(envelope, ct);
        var profileId = envelope.Payload.ProfileId;
        await store.Write(async db =>
        {
            await db.Digests.Where(f => f.ProfileId == profileId).ExecuteDeleteAsync(ct);
            await db.Preferences.Where(p => p.ProfileId == profileId).ExecuteDeleteAsync(ct);
            await db.Invites.Where(i => i.InviterId == profileId).ExecuteDeleteAsync(ct);
            await db.Notifications.Where(n => n.RecipientId == profileId).ExecuteDeleteAsync(ct);
            await db.Notifications.Where(n => n.ActorId == profileId && n.ActorName != null).ExecuteUpdateAsync(
                row => row
                    .SetProperty(n => n.Title, n => n.Title.Replace(n.ActorName!, Nobody))
                    .SetProperty(n => n.Body, n => n.Body.Replace(n.ActorName!, Nobody))
                    .SetProperty(n => n.ActorName, (string?)null),
                ct);
        }, ct);
    }
}
