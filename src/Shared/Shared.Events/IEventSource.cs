namespace Beat.Messaging.Shared.Events;

/// <summary>
/// A store of events that knows, for each consumer, which of them it has not taken yet. A consumer is a subscriber
/// (<c>module.Handler</c>) or <see cref="EventRelay.Mirror"/>. Every call that needs a store that is away ends with
/// <see cref="StoreUnavailableException"/> or a fault of its driver.
/// </summary>
public interface IEventSource
{
    /// <summary>As operators see it, and <see cref="RelaySignal"/> knows it.</summary>
    string Name { get; }

    /// <summary>The module whose lease it takes to deliver these events.</summary>
    string Module { get; }

    /// <summary>Called once, before the first request is served; does not wait for the store.</summary>
    void Start();

    /// <summary>The consumers that <see cref="ReadPending"/> may have something for.</summary>
    Task<IReadOnlyCollection<string>> ReadConsumers(DateTimeOffset now, CancellationToken ct);

    /// <summary>
    /// Returns what a consumer has not taken and is due: the events of an aggregate in the order of its versions, but for those
    /// that failed before.
    /// </summary>
    /// <param name="limit">About how many.</param>
    Task<PendingBatch> ReadPending(string consumer, DateTimeOffset now, int limit, CancellationToken ct);

    /// <summary>
    /// Notes the outcome of a batch of <see cref="ReadPending"/>. Together, <paramref name="taken"/> and
    /// <paramref name="failed"/> are the first of it, in its order; the rest stays pending.
    /// </summary>
    Task Settle(string consumer, IReadOnlyList<PendingEvent> taken, IReadOnlyList<FailedDelivery> failed, CancellationToken ct);

    /// <summary>
    /// Deletes what happened before then and every consumer has taken; what is pending or parked stays for ever.
    /// </summary>
    Task Prune(DateTimeOffset before, CancellationToken ct);

    /// <summary>Returns what is pending for anybody, without what is parked.</summary>
    Task<Backlog> ReadBacklog(CancellationToken ct);

    Task<int> CountParked(CancellationToken ct);

    /// <summary>Returns the oldest of what is parked.</summary>
    Task<IReadOnlyList<ParkedEvent>> ReadParked(int limit, CancellationToken ct);

    /// <summary>Makes everything that is parked pending again, as if it had never failed.</summary>
    /// <returns>How many deliveries there were.</returns>
    Task<int> Replay(DateTimeOffset now, CancellationToken ct);
}

/// <param name="HasMore">Whether the next call may return something at once.</param>
public sealed record PendingBatch(IReadOnlyList<PendingEvent> Events, bool HasMore);

/// <summary>An event that a consumer has not taken yet.</summary>
/// <param name="EventId">The same at every delivery.</param>
/// <param name="EventType">The wire name.</param>
/// <param name="Key">Whose records stay in order on Kafka.</param>
/// <param name="TraceParent">W3C traceparent of the request that caused it.</param>
/// <param name="Attempts">Failures of the event itself so far; a store or a broker that is away does not count.</param>
public sealed record PendingEvent(
    Guid EventId, string EventType, string Key, string AggregateId, long AggregateVersion, string? TraceParent,
    DateTimeOffset OccurredAt, int Attempts)
{
    /// <summary>Returns the event itself.</summary>
    /// <exception cref="System.Text.Json.JsonException">What is stored is not such an event.</exception>
    public required Func<IIntegrationEvent> Read { get; init; }

    /// <summary>Returns the event as UTF-8 JSON.</summary>
    public required Func<ReadOnlyMemory<byte>> ReadPayload { get; init; }

    /// <summary>What the source needs to settle it.</summary>
    public object? Position { get; init; }
}

/// <param name="Attempts">With the one that failed now.</param>
/// <param name="DueAt">When it is tried again; null: it is parked until somebody replays it.</param>
public sealed record FailedDelivery(PendingEvent Event, int Attempts, DateTimeOffset? DueAt, string Error);

/// <param name="Module">The source's name.</param>
/// <param name="Depth">Deliveries that are owed; counted up to 100,000.</param>
/// <param name="Oldest">When the event of the oldest of them happened; null when there is none.</param>
public sealed record Backlog(string Module, long Depth, DateTimeOffset? Oldest);

/// <summary>A delivery that failed for good. Its content is not shown.</summary>
/// <param name="Module">The source's name.</param>
/// <param name="Subscriber"><c>module.Handler</c>, or <c>kafka</c>.</param>
/// <param name="Error">Of the last attempt.</param>
public sealed record ParkedEvent(
    string Module, Guid EventId, string EventType, string Subscriber, string? Error, DateTimeOffset OccurredAt);
