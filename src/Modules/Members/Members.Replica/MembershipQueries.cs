namespace Beat.Messaging.Members.Replica;

/// <summary>Questions that modules ask of their replica.</summary>
public static class MembershipQueries
{
    /// <summary>Someone's rank, or null for one who is not a member, or when the group is not known or deleted.</summary>
    public static async Task<Rank?> RankOf(this ModuleContext db, Guid groupId, Guid profileId, CancellationToken ct) =>
        await db.Set<MemberReplica>()
            .Where(m => m.GroupId == groupId && m.ProfileId == profileId && m.Role != null)
            .Join(
                db.Set<GroupReplica>().Where(g => !g.IsDeleted),
                m => m.GroupId,
                g => g.GroupId,
                (m, g) => new { m.Role, IsOwner = g.OwnerId == m.ProfileId })
            .SingleOrDefaultAsync(ct) is { } found
            ? found.Role!.Value.RankOf(found.IsOwner)
            : null;

    /// <summary>Why somebody may not in a group, by <see cref="RankedCapabilities.CheckAccess"/>; null when they may.</summary>
    /// <param name="needed">Null where being a member is enough.</param>
    public static async Task<Problem?> CheckAccess(
        this ModuleContext db, Guid groupId, Guid profileId, Capability? needed, CancellationToken ct)
    {
        var rank = await db.RankOf(groupId, profileId, ct);
        var isPublic = rank is null
            && await db.Set<GroupReplica>().AnyAsync(g => g.GroupId == groupId && g.IsPublic && !g.IsDeleted, ct);
        return rank.CheckAccess(isPublic, needed);
    }

    /// <summary>The members of a group, past ones left out.</summary>
    public static IQueryable<MemberReplica> MembersOf(this ModuleContext db, Guid groupId) =>
        db.Set<MemberReplica>().Where(m => m.GroupId == groupId && m.Role != null);
}
