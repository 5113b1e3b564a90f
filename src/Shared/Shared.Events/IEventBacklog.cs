namespace Beat.Messaging.Shared.Events;

/// <summary>What operators see of events that are on their way, and what they can do.</summary>
public interface IEventBacklog
{
    /// <summary>What is owed, module by module, without what is parked.</summary>
    Task<IReadOnlyList<Backlog>> Read(CancellationToken ct);

    /// <summary>Deliveries that failed for good, until somebody replays them.</summary>
    Task<int> CountParked(CancellationToken ct);

    /// <param name="limit">The most that are listed; the oldest come first.</param>
    /// <inheritdoc cref="CountParked"/>
    Task<IReadOnlyList<ParkedEvent>> Parked(int limit, CancellationToken ct);

    /// <summary>Gives each that is parked another round of attempts.</summary>
    /// <returns>How many there were.</returns>
    Task<int> Replay(CancellationToken ct);
}

/// <param name="Depth">Deliveries that are owed; counted up to 100,000.</param>
/// <param name="Oldest">When the event of the oldest of them happened; null when there is none.</param>
public sealed record Backlog(string Module, long Depth, DateTimeOffset? Oldest);

/// <summary>A delivery that failed for good. Its content is not shown.</summary>
/// <param name="Subscriber"><c>module.Handler</c>, or <c>kafka</c>.</param>
/// <param name="Error">Of the last attempt.</param>
public sealed record ParkedEvent(string Module, Guid EventId, string EventType, string Subscriber, string? Error, DateTimeOffset OccurredAt);
