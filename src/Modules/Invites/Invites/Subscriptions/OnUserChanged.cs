namespace Beat.Messaging.Invites.Subscriptions;

/// <summary>Keeps who can be invited, and inviters' names; the invites of someone who was deleted go.</summary>
internal sealed class OnUserChanged(ModuleStore<InvitesContext> store) : UserReplicaKeeper<InvitesContext>(store)
{
    private readonly ModuleStore<InvitesContext> store = store;

    public override async Task Handle(Envelope<UserDeleted> envelope, CancellationToken ct)
    {
        // First: from now on nobody can invite them.
        await base.Handle(envelope, ct);
        var profileId = envelope.Payload.ProfileId;
        await store.Write(async db =>
        {
            var theirs = db.Invites.Where(i => i.InviterId == profileId || i.InviteeId == profileId);
            var pending = await theirs.Where(i => i.Status == InviteStatus.Pending).ForUpdate().ToListAsync(ct);
            pending.ForEach(invite => invite.Revoke(db));
            db.RemoveRange(pending);
            await theirs.Where(i => i.Status != InviteStatus.Pending).ExecuteDeleteAsync(ct);
        }, ct);
    }
}
