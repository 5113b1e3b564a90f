using Beat.Messaging.Groups.Contracts;

namespace Beat.Messaging.Invites.Subscriptions;

/// <summary>Nobody can be invited into a group that is gone.</summary>
internal sealed class OnGroupDeleted(ModuleStore<InvitesContext> store) : IEventHandler<GroupDeleted>
{
    public Task Handle(Envelope<GroupDeleted> envelope, CancellationToken ct) => store.Write<bool>(async db =>
    {
        var pending = await db.Invites.ForUpdate()
            .Where(i => i.GroupId == envelope.Payload.GroupId && i.Status == InviteStatus.Pending && i.EnteringAuthId == null)
            .ToListAsync(ct);
        pending.ForEach(invite => invite.Revoke(db));
        return true;
    }, ct);
}
