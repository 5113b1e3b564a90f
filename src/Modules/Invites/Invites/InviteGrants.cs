namespace Beat.Messaging.Invites;

internal static class InviteGrants
{
    /// <summary>Why someone may not; null when they may. A private group does not exist for those who are not in it.</summary>
    public static async Task<Problem?> CheckAccess(this InvitesContext db, Guid groupId, Guid profileId, Capability needed, CancellationToken ct)
    {
        if (await db.RankOf(groupId, profileId, ct) is { } rank)
            return rank.CheckRank(needed);
        return await db.Groups.AnyAsync(g => g.GroupId == groupId && g.IsPublic && !g.IsDeleted, ct)
            ? Problems.MembersOnly
            : Problems.GroupNotFound;
    }
}
