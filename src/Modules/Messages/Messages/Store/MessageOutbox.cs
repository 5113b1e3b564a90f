using System.Text.Json;
using Beat.Messaging.Messages.Events;
using Beat.Messaging.Shared.Events;
using Beat.Messaging.Shared.Hosting.Json;

namespace Beat.Messaging.Messages.Store;

/// <summary>The events of messages that somebody has not taken yet; each is stored in the write that it tells of.</summary>
internal abstract class MessageOutbox(EventRegistry registry) : IEventSource
{
    /// <inheritdoc cref="IEventSource.Name"/>
    public const string SourceName = "history";

    /// <summary>The name by which the store knows <see cref="EventRelay.Mirror"/>; it is in the stores, so it stays.</summary>
    protected const string StoredMirror = $"{MessagesModule.ModuleName}.{EventRelay.Mirror}";

    public string Name => SourceName;

    public string Module => MessagesModule.ModuleName;

    public void Start()
    {
        Subscribe(EventRelay.Mirror);
        var subscriptions = registry.Events
            .Where(e => e.Module == MessagesModule.ModuleName && !MessageEventFactory.OfLoans.Contains(e.Type))
            .SelectMany(e => registry.Subscribers(e.Type))
            .Where(s => !s.IsPush);
        foreach (var subscriber in subscriptions.ToLookup(s => s.Name, s => s.EventType))
            Subscribe(subscriber.Key, subscriber.ToHashSet());
    }

    /// <summary>
    /// Keeps events for a consumer from now on, durably; nothing new for one that is known. Does not wait for the store.
    /// </summary>
    /// <param name="wanted">Types of events that are kept for it; all without. It may be given others, too.</param>
    public abstract void Subscribe(string consumer, IReadOnlySet<Type>? wanted = null);

    public abstract Task<IReadOnlyCollection<string>> ReadConsumers(DateTimeOffset now, CancellationToken ct);

    /// <summary>
    /// The creations of a group come in order of seq, the events of a message in order of revision. After a change, what others
    /// had not settled of the message may come again, with the same ids.
    /// </summary>
    /// <inheritdoc/>
    public abstract Task<PendingBatch> ReadPending(string consumer, DateTimeOffset now, int limit, CancellationToken ct);

    public abstract Task Settle(
        string consumer, IReadOnlyList<PendingEvent> taken, IReadOnlyList<FailedDelivery> failed, CancellationToken ct);

    public abstract Task Prune(DateTimeOffset before, CancellationToken ct);

    public abstract Task<Backlog> ReadBacklog(CancellationToken ct);

    public abstract Task<int> CountParked(CancellationToken ct);

    public abstract Task<IReadOnlyList<ParkedEvent>> ReadParked(int limit, CancellationToken ct);

    public abstract Task<int> Replay(DateTimeOffset now, CancellationToken ct);

    protected static string StoredName(string consumer) => consumer == EventRelay.Mirror ? StoredMirror : consumer;

    protected static string ConsumerOf(string storedName) => storedName == StoredMirror ? EventRelay.Mirror : storedName;

    /// <param name="position">Where the store has it.</param>
    protected PendingEvent ToPending(MessageEvent stored, int attempts, object position)
    {
        var registration = registry.Of(stored.Event.GetType());
        return new PendingEvent(
            stored.EventId, registration.WireName, registration.Key(stored.Event), stored.MessageId.ToString(), stored.Revision,
            TraceParent: null, stored.OccurredAt, attempts)
        {
            Read = () => stored.Event,
            ReadPayload = () => JsonSerializer.SerializeToUtf8Bytes(stored.Event, registration.Type, WireJson.Options),
            Position = position,
        };
    }

    protected ParkedEvent ToParked(MessageEvent stored, string storedName, string error) => new(
        Name, stored.EventId, registry.Of(stored.Event.GetType()).WireName, ConsumerOf(storedName), error, stored.OccurredAt);
}

/// <param name="EventId">The same at every delivery.</param>
/// <param name="Event">The event as siblings get it.</param>
internal sealed record MessageEvent(
    Guid EventId, Guid GroupId, Guid MessageId, int Revision, DateTimeOffset OccurredAt, IIntegrationEvent Event);
