using System.Runtime.CompilerServices;

namespace Beat.Messaging.Groups.Subscriptions;

/// <summary>Tells the groups of today to a sibling that has none.</summary>
internal sealed class GroupSnapshot(ModuleStore<GroupsContext> store) : ISnapshotSource
{
    public Type EventType => typeof(GroupCreated);

    public async IAsyncEnumerable<object> Stream([EnumeratorCancellation] CancellationToken ct)
    {
        await using var db = store.Open();
        await foreach (var group in db.Groups.AsNoTracking().Where(g => g.DeletedAt == null).AsAsyncEnumerable()
            .WithCancellation(ct))
        {
            // Only the creation itself carries the creator's auth id, and only Kafka's readers need it.
            yield return new Envelope<GroupCreated>(
                Guid.CreateVersion7(), group.Id.ToString(), group.Revision, group.InsertedAt, null,
                group.ToCreated(creatorAuthId: ""));
        }
    }
}

/// <summary>Tells what the groups of today have become since they were made.</summary>
internal sealed class GroupStateSnapshot(ModuleStore<GroupsContext> store) : ISnapshotSource
{
    public Type EventType => typeof(GroupUpdated);

    public async IAsyncEnumerable<object> Stream([EnumeratorCancellation] CancellationToken ct)
    {
        await using var db = store.Open();
        await foreach (var group in db.Groups.AsNoTracking().Where(g => g.DeletedAt == null).AsAsyncEnumerable()
            .WithCancellation(ct))
        {
            yield return new Envelope<GroupUpdated>(
                Guid.CreateVersion7(), group.Id.ToString(), group.Revision, group.UpdatedAt, null,
                group.ToUpdated(group.OwnerId));
        }
    }
}
