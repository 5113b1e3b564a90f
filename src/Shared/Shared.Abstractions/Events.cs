namespace Beat.Messaging.Shared.Abstractions;

/// <summary>
/// Something that happened in a module, told to its siblings and, when it is registered with a topic, to Kafka.
/// Its properties are the payload on the wire (snake_case), so a change to one is a change of the contract.
/// </summary>
public interface IIntegrationEvent;

/// <summary>An event with what is known about it.</summary>
/// <param name="EventId">UUID version 7, the same at every delivery.</param>
/// <param name="AggregateId">What changed, e.g. a group's id or <c>&lt;group_id&gt;:members</c>.</param>
/// <param name="AggregateVersion">Counts the changes of that aggregate, from 1: a replica ignores what is not above its
/// own.</param>
/// <param name="OccurredAt">UTC, cut to milliseconds.</param>
/// <param name="TraceId">W3C trace id of the request that caused it.</param>
/// <param name="Payload">The event.</param>
public sealed record Envelope<TEvent>(
    Guid EventId,
    string AggregateId,
    long AggregateVersion,
    DateTimeOffset OccurredAt,
    string? TraceId,
    TEvent Payload)
    where TEvent : IIntegrationEvent;

/// <summary>
/// Reacts to an event of this or another module. May be called again with the same event, and with an older one after a newer:
/// an effect happens once by the aggregate's version, a natural unique key, or an inbox row in the same transaction.
/// </summary>
public interface IEventHandler<TEvent>
    where TEvent : IIntegrationEvent
{
    /// <summary>Completes when the effect is durable. An exception has the event delivered again.</summary>
    Task Handle(Envelope<TEvent> envelope, CancellationToken ct);
}

/// <summary>Same, for events that come in large numbers and whose effect can be made for many at once.</summary>
public interface IBatchEventHandler<TEvent>
    where TEvent : IIntegrationEvent
{
    /// <summary>Completes when the effect of all is durable. An exception has all of them delivered again.</summary>
    Task Handle(IReadOnlyList<Envelope<TEvent>> envelopes, CancellationToken ct);
}

/// <summary>Tells a module whose replica is empty the present state, as the events that would have led to it.</summary>
public interface ISnapshotSource
{
    /// <summary>The event type that this source can tell again.</summary>
    Type EventType { get; }

    /// <summary>Streams <see cref="Envelope{TEvent}"/> of <see cref="EventType"/>, with the stored versions.</summary>
    IAsyncEnumerable<object> Stream(CancellationToken ct);
}
