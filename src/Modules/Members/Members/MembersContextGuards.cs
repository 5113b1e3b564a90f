using Beat.Messaging.Shared.Hosting.Settings;

namespace Beat.Messaging.Members;

internal static class MembersContextGuards
{
    /// <summary>
    /// The group's roster, locked, with the caller's own membership, when the caller may. A private group does not exist
    /// for those who are not in it.
    /// </summary>
    public static async Task<Result<(Roster Roster, Member Me)>> RequireMember(
        this MembersContext db, Guid groupId, Caller caller, Capability needed, CancellationToken ct)
    {
        var roster = await db.Rosters.ForUpdate().SingleOrDefaultAsync(r => r.GroupId == groupId && !r.IsDeleted, ct);
        if (roster is null)
            return Problems.GroupNotFound;
        if (await db.FindMember(groupId, caller.ProfileId, ct) is not { } me)
            return roster.IsPublic ? Problems.MembersOnly : Problems.GroupNotFound;
        return roster.RankOf(me).CheckRank(needed) is { } refused ? refused : (roster, me);
    }

    /// <summary>
    /// Whether the platform has named the person and not deleted them, which it cannot until the transaction ends. Ask before locking a
    /// roster: a deletion takes the two in that order.
    /// </summary>
    public static async Task<bool> IsKnown(this MembersContext db, Guid profileId, CancellationToken ct) =>
        await db.Users.ForUpdate().SingleOrDefaultAsync(u => u.ProfileId == profileId, ct) is { IsKnown: true };

    public static Task<Member?> FindMember(this MembersContext db, Guid groupId, Guid profileId, CancellationToken ct) =>
        db.Members.SingleOrDefaultAsync(m => m.GroupId == groupId && m.ProfileId == profileId && m.State == MemberState.Present, ct);

    /// <summary>Why someone may not come in any more: the group or the person is full.</summary>
    public static async Task<Problem?> CheckMemberLimits(
        this MembersContext db, Guid groupId, Guid profileId, LimitSettings limits, CancellationToken ct)
    {
        if (await db.Members.CountAsync(m => m.GroupId == groupId && m.State == MemberState.Present, ct) >= limits.MembersPerGroup)
            return Problems.LimitReached($"A group has at most {limits.MembersPerGroup} members.");
        if (await db.Members.CountAsync(m => m.ProfileId == profileId && m.State == MemberState.Present, ct) >= limits.GroupsPerPerson)
            return Problems.LimitReached($"A person may be in at most {limits.GroupsPerPerson} groups.");
        return null;
    }
}
