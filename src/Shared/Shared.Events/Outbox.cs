using System.Diagnostics;
using System.Text.Json;
using Beat.Messaging.Shared.Events.Persistence;
using Beat.Messaging.Shared.Hosting.Json;
using Beat.Messaging.Shared.Hosting.Time;

namespace Beat.Messaging.Shared.Events;

/// <summary>Turns raised events into outbox rows: the event, and a delivery owed to each subscriber and to Kafka.</summary>
public sealed class Outbox(EventRegistry registry, TimeProvider time)
{
    /// <summary>How long the node that made an event has for its inline delivery before the relay takes over.</summary>
    internal static readonly TimeSpan InlineGrace = TimeSpan.FromSeconds(5);

    internal IReadOnlyList<OutboxEvent> Add(ModuleContext db, IReadOnlyList<RaisedEvent> raised)
    {
        var now = time.Now();
        var rows = new List<OutboxEvent>(raised.Count);
        foreach (var (happened, aggregateId, version) in raised)
        {
            var registration = registry.Of(happened.GetType());
            var row = new OutboxEvent
            {
                EventId = Guid.CreateVersion7(now),
                EventType = registration.WireName,
                Key = registration.Key(happened),
                AggregateId = aggregateId,
                AggregateVersion = version,
                Payload = JsonSerializer.Serialize(happened, registration.Type, WireJson.Options),
                TraceParent = Activity.Current?.Id,
                OccurredAt = now,
            };
            rows.Add(row);
            db.Add(row);

            foreach (var subscriber in registry.Subscribers(registration.Type).Where(s => !s.IsPush))
                Owe(subscriber.Name, now + InlineGrace);
            Owe(EventRelay.Mirror, now);

            void Owe(string subscriber, DateTimeOffset dueAt) =>
                db.Add(new OutboxDelivery { Subscriber = subscriber, EventId = row.EventId, DueAt = dueAt });
        }
        return rows;
    }
}
