namespace Beat.Messaging.Groups;

internal static class GroupsContextGuards
{
    /// <summary>
    /// Why <paramref name="profileId"/> may not; null when they may. A private group does not exist for those who are not in it.
    /// </summary>
    public static async Task<Problem?> CheckAccess(this GroupsContext db, Group group, Guid profileId, Capability needed, CancellationToken ct)
    {
        var role = await db.Members.Where(m => m.GroupId == group.Id && m.ProfileId == profileId).Select(m => m.Role).SingleOrDefaultAsync(ct);
        if (role is null)
            return group.IsPublic ? Problems.MembersOnly : Problems.GroupNotFound;
        return role.Value.RankOf(group.OwnerId == profileId).CheckRank(needed);
    }

    /// <inheritdoc cref="CheckAccess(GroupsContext, Group, Guid, Capability, CancellationToken)"/>
    public static async Task<Problem?> CheckAccess(this GroupsContext db, Guid groupId, Guid profileId, Capability needed, CancellationToken ct) =>
        await db.Groups.AsNoTracking().SingleOrDefaultAsync(g => g.Id == groupId && g.DeletedAt == null, ct) is { } group
            ? await db.CheckAccess(group, profileId, needed, ct)
            : Problems.GroupNotFound;

    public static GroupCreated ToCreated(this Group group, string creatorAuthId) =>
        new(group.Id, group.CreatorId, creatorAuthId, group.Name, group.IsPublic, group.Description, group.AvatarUrl, group.InsertedAt);

    public static GroupUpdated ToUpdated(this Group group, Guid actorId) =>
        new(group.Id, actorId, group.Name, group.Description, group.IsPublic, group.AvatarUrl, group.SustainabilityPoints, group.Xp,
            group.InsertedAt, group.UpdatedAt);
}
