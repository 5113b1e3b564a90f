using Beat.Messaging.Invites.Contracts;
using Beat.Messaging.Members.Contracts;
using Beat.Messaging.Members.Data;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Members.Subscriptions;

/// <summary>Lets in who accepted an invite, and lifts the ban of someone who is invited after a kick.</summary>
internal sealed class OnInviteChanged(ModuleStore<MembersContext> store) : IEventHandler<InviteCreated>, IEventHandler<InviteAccepted>
{
    public const string Consumer = "members.OnInviteChanged";

    public Task Handle(Envelope<InviteCreated> envelope, CancellationToken ct) => store.Write<bool>(async db =>
    {
        var (groupId, invitedAt) = (envelope.Payload.GroupId, envelope.OccurredAt);
        var member = await db.Members.SingleOrDefaultAsync(m => m.GroupId == groupId && m.ProfileId == envelope.Payload.InviteeId, ct);
        if (member?.KickedAt <= invitedAt)
            member.KickedAt = null;
        return true;
    }, ct);

    public Task Handle(Envelope<InviteAccepted> envelope, CancellationToken ct) => store.Write<bool>(async db =>
    {
        var accepted = envelope.Payload;
        var roster = await db.Rosters.ForUpdate().SingleOrDefaultAsync(r => r.GroupId == accepted.GroupId && !r.IsDeleted, ct);
        // The note makes it once: an acceptance that comes again must not undo a kick that came after it.
        if (roster is null || !await db.FirstTime(Consumer, envelope.EventId.ToString(), ct))
            return false;
        var before = await db.Members.SingleOrDefaultAsync(m => m.GroupId == accepted.GroupId && m.ProfileId == accepted.InviteeId, ct);
        if (before?.State != MemberState.Present)
            roster.Add(db, before, accepted.InviteeId, (Role)accepted.Role, envelope.OccurredAt);
        return true;
    }, ct);
}
