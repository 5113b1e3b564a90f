using System.Text;
using System.Text.Json;
using Beat.Messaging.Shared.Hosting.Json;

namespace Beat.Messaging.Shared.Events;

internal sealed record RaisedEvent(IIntegrationEvent Event, string AggregateId, long AggregateVersion);

/// <summary>An event as it is stored with the change that made it. Never changed afterwards.</summary>
internal sealed class OutboxEvent
{
    /// <summary>Order of commit within the module.</summary>
    public long Position { get; init; }

    public required Guid EventId { get; init; }

    /// <summary>The wire name, also of events that stay in the process.</summary>
    public required string EventType { get; init; }

    public required string Key { get; init; }

    public required string AggregateId { get; init; }

    public required long AggregateVersion { get; init; }

    /// <summary>JSON of the event.</summary>
    public required string Payload { get; init; }

    /// <summary>W3C traceparent of the request that caused it.</summary>
    public string? TraceParent { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    /// <param name="registration">Null for an event of a version that knew more than this one: it can be mirrored, not
    /// read.</param>
    public PendingEvent ToPending(EventRegistration? registration, int attempts) =>
        new(EventId, EventType, Key, AggregateId, AggregateVersion, TraceParent, OccurredAt, attempts)
        {
            Read = () => (IIntegrationEvent)JsonSerializer.Deserialize(Payload, registration!.Type, WireJson.Options)!,
            ReadPayload = () => Encoding.UTF8.GetBytes(Payload),
        };
}

/// <summary>A delivery that is still owed: one per event and subscriber, gone once it is made.</summary>
internal sealed class OutboxDelivery
{
    /// <summary><c>module.Handler</c>, or <see cref="EventRelay.Mirror"/>.</summary>
    public required string Subscriber { get; init; }

    public required Guid EventId { get; init; }

    /// <summary>Failures of the event itself; a store or a broker that is away does not count.</summary>
    public int Attempts { get; set; }

    /// <summary>The relay leaves it alone until then.</summary>
    public DateTimeOffset DueAt { get; set; }

    /// <summary>Set after the last attempt: nothing delivers it any more until somebody replays it.</summary>
    public DateTimeOffset? ParkedAt { get; set; }

    public string? Error { get; set; }
}

/// <summary>A note that an effect was made, in the same transaction as the effect.</summary>
internal sealed class InboxEntry
{
    public required string Consumer { get; init; }

    public required string InboxId { get; init; }

    public required DateTimeOffset HandledAt { get; init; }
}
