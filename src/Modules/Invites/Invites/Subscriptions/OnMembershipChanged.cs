using Beat.Messaging.Groups.Contracts;

namespace Beat.Messaging.Invites.Subscriptions;

/// <summary>
/// Keeps who is in which group with which rank: who may invite, and as what. An invite ends with a removal of its invitee or its
/// inviter, and when the invitee comes in another way; nobody can be invited into a group that is gone. One that is being
/// accepted is for Members to decide.
/// </summary>
internal sealed class OnMembershipChanged(ModuleStore<InvitesContext> store) : MembershipReplicaKeeper<InvitesContext>(store)
{
    private readonly ModuleStore<InvitesContext> store = store;

    public override async Task Handle(Envelope<MemberJoined> envelope, CancellationToken ct)
    {
        await base.Handle(envelope, ct);
        var ((groupId, memberId, _), version) = (envelope.Payload, envelope.AggregateVersion);
        await store.Write(async db =>
        {
            var pending = await db.Invites.ForUpdate()
                .Where(i => i.GroupId == groupId && i.InviteeId == memberId && i.InviteeVersion < version)
                .Where(i => i.Status == InviteStatus.Pending && i.EnteringAuthId == null)
                .ToListAsync(ct);
            pending.ForEach(invite => invite.Revoke(db, inviteeStays: true));
        }, ct);
    }

    public override async Task Handle(Envelope<MemberLeft> envelope, CancellationToken ct)
    {
        await base.Handle(envelope, ct);
        await End(envelope.Payload.GroupId, envelope.Payload.MemberId, envelope.AggregateVersion, ct);
    }

    public override async Task Handle(Envelope<MemberKicked> envelope, CancellationToken ct)
    {
        await base.Handle(envelope, ct);
        await End(envelope.Payload.GroupId, envelope.Payload.MemberId, envelope.AggregateVersion, ct);
    }

    public override async Task Handle(Envelope<GroupDeleted> envelope, CancellationToken ct)
    {
        await base.Handle(envelope, ct);
        await store.Write(async db =>
        {
            var pending = await db.Invites.ForUpdate()
                .Where(i => i.GroupId == envelope.Payload.GroupId && i.Status == InviteStatus.Pending && i.EnteringAuthId == null)
                .ToListAsync(ct);
            pending.ForEach(invite => invite.Revoke(db));
        }, ct);
    }

    /// <summary>Those that were made before the removal, however late its event is.</summary>
    private Task End(Guid groupId, Guid memberId, long version, CancellationToken ct) => store.Write(async db =>
    {
        var granted = await db.Invites.ForUpdate()
            .Where(
                i => i.GroupId == groupId
                    && ((i.InviteeId == memberId && i.InviteeVersion < version)
                        || (i.InviterId == memberId && i.InviterVersion < version)))
            .Where(i => (i.Status == InviteStatus.Pending || i.IsOpenToMember) && i.EnteringAuthId == null)
            .ToListAsync(ct);
        granted.ForEach(invite => invite.Revoke(db));
    }, ct);
}
