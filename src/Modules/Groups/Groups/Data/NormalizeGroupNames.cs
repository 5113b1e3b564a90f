using Beat.Messaging.Shared.Hosting.Text;

namespace Beat.Messaging.Groups.Data;

/// <inheritdoc/>
internal sealed class NormalizeGroupNames(ModuleStore<GroupsContext> store, TimeProvider time)
    : NormalizeNames<GroupsContext, Group>(store, time)
{
    /// <summary>Of groups whose names have become the same, the oldest has the key.</summary>
    protected override async Task Normalize(GroupsContext db, IReadOnlyList<Group> groups, CancellationToken ct)
    {
        var (ids, creators) = (groups.Select(g => g.Id).ToList(), groups.Select(g => g.CreatorId).Distinct().ToList());
        var taken = (await db.Groups.Where(g => creators.Contains(g.CreatorId) && !ids.Contains(g.Id) && g.DeletedAt == null)
            .Select(g => new { g.CreatorId, g.NameKey }).ToListAsync(ct)).Select(g => (g.CreatorId, g.NameKey)).ToHashSet();
        foreach (var group in groups.OrderBy(g => g.InsertedAt))
            group.UpdateSearchName(
                isKeyFree: group.DeletedAt is not null || taken.Add((group.CreatorId, SearchText.UniqueKey(group.Name))));
    }
}
