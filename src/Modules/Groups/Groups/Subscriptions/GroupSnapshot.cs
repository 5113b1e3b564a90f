using System.Runtime.CompilerServices;

namespace Beat.Messaging.Groups.Subscriptions;

/// <summary>Tells the groups of today to a sibling that has none.</summary>
internal sealed class GroupSnapshot(ModuleStore<GroupsContext> store) : ISnapshotSource
{
    public Type EventType => typeof(GroupCreated);

    public async IAsyncEnumerable<object> Stream([EnumeratorCancellation] CancellationToken ct)
    {
        await using var db = store.Open();
        await foreach (var group in db.Groups.AsNoTracking().Where(g => g.DeletedAt == null).AsAsyncEnumerable().WithCancellation(ct))
        {
            // Only the creation itself carries the creator's auth id, and only Kafka's readers need it.
            yield return new Envelope<GroupCreated>(
                Guid.CreateVersion7(), group.Id.ToString(), group.Revision, group.InsertedAt, null,
                new GroupCreated(group.Id, group.CreatorId, "", group.Name, group.IsPublic));
        }
    }
}
