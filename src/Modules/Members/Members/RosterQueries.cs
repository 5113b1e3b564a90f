using Beat.Messaging.Members.Replica;

namespace Beat.Messaging.Members;

/// <summary>Questions to the rosters, inside the transaction of a change.</summary>
internal static class RosterQueries
{
    /// <summary>
    /// The group's roster, locked, with the caller's own membership, when the caller may
    /// (<see cref="RankedCapabilities.CheckAccess"/>).
    /// </summary>
    public static async Task<Result<(Roster Roster, Member Me)>> RequireMember(
        this MembersContext db, Guid groupId, Caller caller, Capability needed, CancellationToken ct)
    {
        var roster = await db.Rosters.ForUpdate().SingleOrDefaultAsync(r => r.GroupId == groupId && !r.IsDeleted, ct);
        if (roster is null)
            return MembershipProblems.GroupNotFound;
        var me = await db.FindMember(groupId, caller.ProfileId, ct);
        Rank? rank = me is null ? null : roster.RankOf(me);
        return rank.CheckAccess(roster.IsPublic, needed) is { } refused ? refused : (roster, me!);
    }

    /// <summary>
    /// Whether the platform has named the person and not deleted them, which it cannot until the transaction ends. Ask before
    /// locking a roster: a deletion takes the two in that order.
    /// </summary>
    public static async Task<bool> IsKnown(this MembersContext db, Guid profileId, CancellationToken ct) =>
        await db.Users.ForUpdate().SingleOrDefaultAsync(u => u.ProfileId == profileId, ct) is { IsKnown: true };

    public static Task<Member?> FindMember(this MembersContext db, Guid groupId, Guid profileId, CancellationToken ct) =>
        db.Members.SingleOrDefaultAsync(
            m => m.GroupId == groupId && m.ProfileId == profileId && m.State == MemberState.Present, ct);

    /// <summary>Why someone may not come in any more: the group or the person is full.</summary>
    public static async Task<Problem?> CheckMemberLimits(
        this MembersContext db, Guid groupId, Guid profileId, MembershipLimits limits, CancellationToken ct)
    {
        if (await db.Members.CountAsync(
            m => m.GroupId == groupId && m.State == MemberState.Present, ct) >= limits.MembersPerGroup)
            return limits.GroupIsFull;
        if (await db.Members.CountAsync(
            m => m.ProfileId == profileId && m.State == MemberState.Present, ct) >= limits.GroupsPerPerson)
            return limits.PersonIsFull;
        return null;
    }
}
