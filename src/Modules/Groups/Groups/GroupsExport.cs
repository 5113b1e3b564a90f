using System.Runtime.CompilerServices;

namespace Beat.Messaging.Groups;

/// <summary>
/// The groups that a person made, deleted ones too, and each point that they were given or lost. Of a private group that they
/// have no place in any more, only that they made it.
/// </summary>
internal sealed class GroupsExport(ModuleStore<GroupsContext> store) : IExportSource
{
    public async IAsyncEnumerable<ExportLine> Of(Guid profileId, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var group in store.Stream(db => db.Groups.Where(g => g.CreatorId == profileId), g => g.Id, ct))
        {
            var sees = group.IsPublic || await store.Read(
                db => db.Members.AnyAsync(m => m.GroupId == group.Id && m.ProfileId == profileId && m.Role != null, ct));
            yield return new ExportLine("group", !sees ? (object)new { group.Id, group.InsertedAt } : new
            {
                group.Id,
                group.Name,
                group.Description,
                group.IsPublic,
                group.AvatarUrl,
                group.OwnerId,
                group.InsertedAt,
                group.DeletedAt,
            });
        }
        await foreach (var standing in store.Stream(db => db.Standings.Where(s => s.ProfileId == profileId), s => s.GroupId, ct))
        {
            await foreach (var entry in store.Stream(
                db => db.Points.Where(p => p.GroupId == standing.GroupId && p.ProfileId == profileId), p => p.Id, ct))
                yield return new ExportLine(
                    "points", new
                    {
                        entry.GroupId,
                        entry.Rule,
                        entry.Kind,
                        entry.SubjectId,
                        entry.Points,
                        entry.Xp,
                        entry.InsertedAt
                    });
        }
    }
}
