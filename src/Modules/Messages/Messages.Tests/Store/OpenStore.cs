using Beat.Messaging.Messages.Store.Mongo;
using Beat.Messaging.Messages.Store.Sqlite;
using Beat.Messaging.Shared.Events;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Driver;

namespace Beat.Messaging.Messages.Tests.Store;

/// <summary>A message store, as one node has it open.</summary>
internal sealed class OpenStore(IMessageHistory history, MessageOutbox outbox, params IDisposable[] resources) : IDisposable
{
    /// <summary>Later than everything that is due in a test.</summary>
    public static readonly DateTimeOffset Later = Some.Now.AddYears(1);

    public IMessageHistory History => history;

    public MessageOutbox Outbox => outbox;

    public static OpenStore Sqlite(string folder)
    {
        var database = new SqliteMessageDatabase(folder);
        var history = new SqliteMessageHistory(database);
        return new OpenStore(history, new SqliteMessageOutbox(database, Registry()), history, database);
    }

    public static OpenStore Mongo(string url, Action<MongoClientSettings>? configure = null)
    {
        var database = new MongoMessageDatabase(url, configure);
        var outbox = new MongoMessageOutbox(database, Registry());
        return new OpenStore(new MongoMessageHistory(database), outbox, outbox, database);
    }

    public void Subscribe(string consumer, IReadOnlySet<Type>? wanted = null) => outbox.Subscribe(consumer, wanted);

    /// <summary>What the consumer has not taken.</summary>
    public async Task<PendingMessages> Pending(string consumer, int limit)
    {
        var batch = await outbox.ReadPending(consumer, Later, limit, default);
        return new PendingMessages(
            batch.Events.Select(Message).ToList(), () => outbox.Settle(consumer, batch.Events, [], default));
    }

    /// <summary>How much is owed, and since when.</summary>
    public async Task<(long Depth, DateTimeOffset? Oldest)> Backlog()
    {
        var backlog = await outbox.ReadBacklog(default);
        return (backlog.Depth, backlog.Oldest);
    }

    public void Dispose()
    {
        foreach (var resource in resources)
            resource.Dispose();
    }

    private static MessageEvent Message(PendingEvent pending) => new(
        pending.EventId, Guid.Parse(pending.Key), Guid.Parse(pending.AggregateId), (int)pending.AggregateVersion,
        pending.OccurredAt, pending.Read());

    /// <summary>The events as the module registers them.</summary>
    private static EventRegistry Registry()
    {
        var services = new ServiceCollection();
        new MessagesModule().Register(services);
        var registered = services.Select(service => service.ImplementationInstance).ToList();
        return new EventRegistry(registered.OfType<EventRegistration>(), registered.OfType<EventSubscription>());
    }
}

/// <param name="Settle">Notes that the consumer has taken all of them; until then they are pending again and again.</param>
internal sealed record PendingMessages(IReadOnlyList<MessageEvent> Events, Func<Task> Settle);
