using System.Runtime.CompilerServices;
using Beat.Messaging.Groups.Data;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Infrastructure.Persistence;

namespace Beat.Messaging.Groups;

/// <summary>The groups that a person made, deleted ones too.</summary>
internal sealed class GroupsExport(ModuleStore<GroupsContext> store) : IExportSource
{
    public async IAsyncEnumerable<ExportLine> Of(Guid profileId, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var group in store.Stream(db => db.Groups.Where(g => g.CreatorId == profileId), g => g.Id, ct))
        {
            yield return new ExportLine("group", new
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
    }
}
