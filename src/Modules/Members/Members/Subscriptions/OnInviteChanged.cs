using Beat.Messaging.Invites.Contracts;
using Beat.Messaging.Members.Replica;

namespace Beat.Messaging.Members.Subscriptions;

/// <summary>
/// Decides whom an invite lets in, and as what, by what is true under the lock of the roster; and lifts the ban of someone who is
/// invited after a kick.
/// </summary>
internal sealed class OnInviteChanged(ModuleStore<MembersContext> store, MembershipLimits limits)
    : IEventHandler<InviteCreated>, IEventHandler<EntryRequested>
{
    public const string Consumer = "members.OnInviteChanged";

    public Task Handle(Envelope<InviteCreated> envelope, CancellationToken ct) => store.Write(async db =>
    {
        var (groupId, invitedAt) = (envelope.Payload.GroupId, envelope.OccurredAt);
        var member = await db.Members.SingleOrDefaultAsync(
            m => m.GroupId == groupId && m.ProfileId == envelope.Payload.InviteeId, ct);
        if (member?.KickedAt <= invitedAt)
            member.KickedAt = null;
    }, ct);

    public Task Handle(Envelope<EntryRequested> envelope, CancellationToken ct) => store.Write(async db =>
    {
        var entry = envelope.Payload;
        var isKnown = await db.IsKnown(entry.InviteeId, ct);
        var roster = await db.Rosters.ForUpdate().SingleOrDefaultAsync(r => r.GroupId == entry.GroupId, ct)
            ?? throw new InvalidOperationException($"The roster of group {entry.GroupId} has not been opened yet.");
        // The note makes it once: a request that comes again must not undo a kick that came after it.
        if (!await db.FirstTime(Consumer, envelope.EventId.ToString(), ct))
            return;
        var (outcome, role) = isKnown && !roster.IsDeleted
            ? await Decide(db, roster, entry, envelope.OccurredAt, ct)
            : (EntryOutcome.Refused, null);
        db.Raise(new EntryDecided(entry.InviteId, entry.GroupId, entry.InviteeId, outcome, role), envelope.EventId, version: 1);
    }, ct);

    private async Task<(EntryOutcome Outcome, Role? Role)> Decide(
        MembersContext db, Roster roster, EntryRequested entry, DateTimeOffset at, CancellationToken ct)
    {
        if (await db.FindMember(roster.GroupId, entry.InviterId, ct) is not { } inviter)
            return (EntryOutcome.Refused, null);
        var granted = roster.RankOf(inviter).MayGrant((Role)entry.Role) ? (Role)entry.Role : Role.Member;
        var before = await db.Members.SingleOrDefaultAsync(
            m => m.GroupId == roster.GroupId && m.ProfileId == entry.InviteeId, ct);
        var isOutlived = before?.DecidedVersion > entry.InviteeVersion;
        if (before is { State: MemberState.Present })
        {
            if (!isOutlived && granted > before.Role)
                roster.ChangeRole(db, before, granted, inviter.ProfileId);
            return (EntryOutcome.Admitted, before.Role);
        }
        if (isOutlived)
            return (EntryOutcome.Refused, null);
        if (await db.CheckMemberLimits(roster.GroupId, entry.InviteeId, limits, ct) is not null)
            return (EntryOutcome.Full, null);
        roster.Add(db, before, entry.InviteeId, granted, at);
        return (EntryOutcome.Admitted, granted);
    }
}
