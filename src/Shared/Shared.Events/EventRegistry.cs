namespace Beat.Messaging.Shared.Events;

/// <summary>What is known of an event type: written out where its module registers it, never derived from a class name.</summary>
/// <param name="Module">The module that publishes it.</param>
/// <param name="WireName"><c>event_type</c> on the wire and in the outbox.</param>
/// <param name="Topic">Where it is mirrored to.</param>
/// <param name="Key">The record's key, which keeps records of one group in order.</param>
public sealed record EventRegistration(
    string Module, Type Type, string WireName, string Topic, Func<IIntegrationEvent, string> Key)
{
    /// <summary>Makes the <see cref="Envelope{TEvent}"/> of an event of this type.</summary>
    public required Func<PendingEvent, object> ToEnvelope { get; init; }
}

/// <summary>
/// A subscriber of an event type. Its name is stored with deliveries that are owed, so a renamed handler is a new one.
/// </summary>
/// <param name="Name"><c>module.Handler</c>.</param>
/// <param name="IsPush">
/// True for what only pushes to connections: called once after the commit, and never again, since clients repair what they
/// missed.
/// </param>
public sealed record EventSubscription(string Name, Type EventType, Type HandlerType, bool IsPush)
{
    /// <summary>Whether the handler takes many at once, and either all or none of them.</summary>
    public bool TakesBatches { get; init; }

    /// <summary>Hands envelopes of <see cref="EventType"/> to the handler, in their order.</summary>
    public required Func<IServiceProvider, IReadOnlyList<object>, CancellationToken, Task> Handle { get; init; }
}

/// <summary>All events and subscribers of all modules.</summary>
public sealed class EventRegistry
{
    private readonly Dictionary<Type, EventRegistration> byType;
    private readonly Dictionary<string, EventRegistration> byWireName;
    private readonly ILookup<Type, EventSubscription> subscriptions;

    public EventRegistry(IEnumerable<EventRegistration> events, IEnumerable<EventSubscription> subscriptions)
    {
        byType = events.ToDictionary(e => e.Type);
        byWireName = byType.Values.ToDictionary(e => e.WireName);
        this.subscriptions = subscriptions.ToLookup(s => s.EventType);
    }

    public IReadOnlyCollection<EventRegistration> Events => byType.Values;

    /// <exception cref="InvalidOperationException">The event was never registered: a fault of the module.</exception>
    public EventRegistration Of(Type type) => byType.TryGetValue(type, out var registration)
        ? registration
        : throw new InvalidOperationException($"{type.Name} is not registered: add Publishes<{type.Name}>(…) to its module.");

    /// <summary>Null for an event of a version that knew more than this one.</summary>
    public EventRegistration? Of(string wireName) => byWireName.GetValueOrDefault(wireName);

    public IEnumerable<EventSubscription> Subscribers(Type type) => subscriptions[type];
}
