using Beat.Messaging.Groups.Points;
using Beat.Messaging.Invites.Contracts;

namespace Beat.Messaging.Groups.Subscriptions;

/// <summary>An accepted invite earns points for its inviter, whom only its creation names.</summary>
internal sealed class OnInviteChanged(ModuleStore<GroupsContext> store, PointSettings points, TimeProvider time) :
    IEventHandler<InviteCreated>, IEventHandler<InviteAccepted>
{
    public Task Handle(Envelope<InviteCreated> envelope, CancellationToken ct) =>
        Record(envelope.Payload.GroupId, envelope.Payload.Id, invite => invite.InviterId = envelope.Payload.InviterId, ct);

    public Task Handle(Envelope<InviteAccepted> envelope, CancellationToken ct) =>
        Record(envelope.Payload.GroupId, envelope.Payload.InviteId, invite => invite.AcceptedAt = envelope.OccurredAt, ct);

    private Task Record(Guid groupId, Guid inviteId, Action<InviteReplica> note, CancellationToken ct) => store.Write(async db =>
    {
        var groups = await PointLedger.LockStandings(db, [groupId], ct);
        var invite = await db.Invites.SingleOrDefaultAsync(i => i.InviteId == inviteId, ct);
        if (invite is null)
            db.Add(invite = new InviteReplica { InviteId = inviteId });
        note(invite);
        if (invite is { InviterId: { } inviterId, AcceptedAt: { } at })
        {
            await PointLedger.Record(
                db, groups, [new PointAward(groupId, PointRule.InviteAccepted, inviteId, inviterId, points.InviteAccepted, at)],
                time.Now(), ct);
        }
    }, ct);
}
