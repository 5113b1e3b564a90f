namespace Beat.Messaging.Groups;

/// <summary>Questions to the groups and to the copy of their memberships.</summary>
internal static class GroupQueries
{
    /// <summary>
    /// Why <paramref name="profileId"/> may not, by <see cref="RankedCapabilities.CheckAccess"/>; null when they may.
    /// </summary>
    public static async Task<Problem?> CheckAccess(
        this GroupsContext db, Group group, Guid profileId, Capability needed, CancellationToken ct)
    {
        var role = await db.Members.Where(m => m.GroupId == group.Id && m.ProfileId == profileId).Select(m => m.Role)
            .SingleOrDefaultAsync(ct);
        return (role?.RankOf(group.OwnerId == profileId)).CheckAccess(group.IsPublic, needed);
    }

    /// <inheritdoc cref="CheckAccess(GroupsContext, Group, Guid, Capability, CancellationToken)"/>
    public static async Task<Problem?> CheckAccess(
        this GroupsContext db, Guid groupId, Guid profileId, Capability needed, CancellationToken ct) =>
        await db.Groups.AsNoTracking().SingleOrDefaultAsync(g => g.Id == groupId && g.DeletedAt == null, ct) is { } group
            ? await db.CheckAccess(group, profileId, needed, ct)
            : MembershipProblems.GroupNotFound;
}
