using System.Collections.Concurrent;
using System.Text.Json;
using Beat.Messaging.Shared.Events;
using Beat.Messaging.Shared.Events.Kafka;
using Beat.Messaging.Shared.Hosting.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Messages.Events;

/// <summary>
/// Delivers what the message store has pending: to subscribers in this process and to Kafka, each at its own pace, in batches. Of
/// several nodes the one that holds the module's lease does so for all.
/// </summary>
internal sealed partial class MessageRelay(
    IMessageStore store, EventRegistry registry, EventBus bus, KafkaMirror mirror, RelayLeases leases, RelaySignal signal, TimeProvider time,
    ILogger<MessageRelay> log)
    : BackgroundService, IEventBacklog
{
    private const string Kafka = "messages.kafka";

    /// <summary>The message store, beside the module's tables.</summary>
    private const string History = "history";
    private const int BatchSize = 1000;
    private const int MaxAttempts = 10;
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long delivered changes are kept, for a person to look into.</summary>
    private static readonly TimeSpan Retention = TimeSpan.FromDays(14);

    /// <summary>Batches come at most this often, so that under load each holds many.</summary>
    private static readonly TimeSpan MinBatchInterval = TimeSpan.FromMilliseconds(50);

    private readonly ILookup<string, EventSubscription> subscribers = registry.Events
        .Where(e => e.Module == MessagesModule.ModuleName && !MessageEventFactory.OfLoans.Contains(e.Type))
        .SelectMany(e => registry.Subscribers(e.Type))
        .Where(s => !s.IsPush)
        .ToLookup(s => s.Name);

    /// <summary>Something was stored.</summary>
    public void Wake()
    {
        signal.Set(Kafka);
        foreach (var subscriber in subscribers)
            signal.Set(subscriber.Key);
    }

    public async Task<IReadOnlyList<Backlog>> Read(CancellationToken ct)
    {
        var (depth, oldest) = await store.Owed();
        return [new Backlog(History, depth, oldest)];
    }

    public async Task<int> CountParked(CancellationToken ct) => (await store.Parked()).Count;

    public async Task<IReadOnlyList<ParkedEvent>> Parked(int limit, CancellationToken ct) =>
    [
        .. (await store.Parked()).Take(limit).Select(parked => new ParkedEvent(
            History, parked.Event.EventId, registry.Of(parked.Event.Event.GetType()).WireName, parked.Consumer == Kafka ? "kafka" : parked.Consumer,
            parked.Error, parked.Event.OccurredAt)),
    ];

    public async Task<int> Replay(CancellationToken ct)
    {
        var parked = await store.Parked();
        foreach (var (consumer, pending, _) in parked)
        {
            if (await TryAgain(consumer, pending, ct) is { } error)
                await store.Park(consumer, pending, error);
            else
                await store.Unpark(consumer, pending.EventId);
        }
        return parked.Count;
    }

    /// <returns>What was wrong, or null.</returns>
    private async Task<string?> TryAgain(string consumer, PendingEvent pending, CancellationToken ct)
    {
        if (consumer == Kafka)
            return (await mirror.Publish([ToRecord(pending)], ct))[0] is { Status: not MirrorStatus.Acknowledged } outcome ? outcome.Reason ?? "not acknowledged" : null;
        if (subscribers[consumer].FirstOrDefault(s => s.EventType == pending.Event.GetType()) is not { } handler)
            return "Nobody of that name subscribes to it any more.";
        try
        {
            await bus.Handle(handler, [ToEnvelope(pending)], ct);
            return null;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return failure.Message;
        }
    }

    /// <summary>Subscribes before the first request is served, so that no message is missed.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        store.Subscribe(Kafka);
        foreach (var subscriber in subscribers)
            store.Subscribe(subscriber.Key, subscriber.Select(s => s.EventType).ToHashSet());
        return base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
    [
        Prune(stoppingToken),
        Loop(Kafka, events => Mirror(events, stoppingToken), stoppingToken),
        .. subscribers.Select(s => Loop(
            s.Key, events => Deliver(s.ToDictionary(one => one.EventType), events, stoppingToken), stoppingToken)),
    ]);

    private async Task Loop(string consumer, Func<IReadOnlyList<PendingEvent>, Task<bool>> deliver, CancellationToken ct)
    {
        await Task.Yield();
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (!leases.Holds(MessagesModule.ModuleName))
                {
                    await Task.Delay(PollInterval, time, ct);
                    continue;
                }
                var pending = await store.Pending(consumer, BatchSize);
                if (pending.Events.Count == 0)
                    await signal.Wait(consumer, PollInterval, ct);
                else if (await deliver(pending.Events))
                    await pending.Settle();
                else
                    await Task.Delay(PollInterval, time, ct);
                if (pending.Events.Count < BatchSize)
                    await Task.Delay(MinBatchInterval, time, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                LogWaiting(failure, consumer);
                await Task.Delay(PollInterval, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task Prune(CancellationToken ct)
    {
        using var hourly = new PeriodicTimer(TimeSpan.FromHours(1), time);
        do
        {
            try
            {
                await store.Prune(time.GetUtcNow() - Retention);
            }
            catch (StoreUnavailableException away)
            {
                LogUnpruned(away);
            }
        }
        while (await hourly.WaitForNextTickAsync(ct));
    }

    /// <returns>Whether the whole batch is through; what cannot be delivered at all is parked.</returns>
    private async Task<bool> Deliver(Dictionary<Type, EventSubscription> handlers, IReadOnlyList<PendingEvent> pending, CancellationToken ct)
    {
        foreach (var events in GroupByType(pending.Where(e => handlers.ContainsKey(e.Event.GetType()))))
        {
            var handler = handlers[events[0].Event.GetType()];
            try
            {
                await bus.Handle(handler, events.ConvertAll(ToEnvelope), ct);
            }
            catch (Exception failure) when (failure is not (OperationCanceledException or StoreUnavailableException))
            {
                foreach (var one in events)
                    await DeliverAlone(handler, one, ct);
            }
        }
        return true;
    }

    /// <summary>Neighbours of one type, so that batches do not change the order in which a message's events come.</summary>
    internal static IEnumerable<List<PendingEvent>> GroupByType(IEnumerable<PendingEvent> events)
    {
        List<PendingEvent> run = [];
        foreach (var next in events)
        {
            if (run is [var first, ..] && first.Event.GetType() != next.Event.GetType())
            {
                yield return run;
                run = [];
            }
            run.Add(next);
        }
        if (run.Count > 0)
            yield return run;
    }

    private async Task DeliverAlone(EventSubscription handler, PendingEvent one, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await bus.Handle(handler, [ToEnvelope(one)], ct);
                return;
            }
            catch (Exception failure) when (failure is not (OperationCanceledException or StoreUnavailableException))
            {
                if (attempt == MaxAttempts)
                {
                    await store.Park(handler.Name, one, failure.Message);
                    LogParked(failure, one.EventId, handler.Name);
                    return;
                }
                await Task.Delay(TimeSpan.FromMilliseconds(50 << attempt), time, ct);
            }
        }
    }

    private async Task<bool> Mirror(IReadOnlyList<PendingEvent> pending, CancellationToken ct)
    {
        var outcomes = await mirror.Publish([.. pending.Select(ToRecord)], ct);
        for (var i = 0; i < outcomes.Count; i++)
        {
            if (outcomes[i].Status == MirrorStatus.Unavailable)
                return false;
            if (outcomes[i].Status == MirrorStatus.Rejected)
                await store.Park(Kafka, pending[i], outcomes[i].Reason ?? "rejected");
        }
        return true;
    }

    private WireRecord ToRecord(PendingEvent pending)
    {
        var registration = registry.Of(pending.Event.GetType());
        var key = registration.Key(pending.Event);
        return new WireRecord(registration.Topic, key, pending.EventId, registration.WireName, EventEnvelope.Write(
            key, registration.WireName, JsonSerializer.SerializeToUtf8Bytes(pending.Event, registration.Type, WireJson.Options), pending.EventId,
            traceParent: null, pending.MessageId.ToString(), pending.Revision, pending.OccurredAt), TraceParent: null);
    }

    private static readonly ConcurrentDictionary<Type, Func<PendingEvent, object>> Envelopes = new();

    private static object ToEnvelope(PendingEvent pending) => Envelopes.GetOrAdd(pending.Event.GetType(), static type =>
        typeof(MessageRelay).GetMethod(nameof(EnvelopeOf), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(type).CreateDelegate<Func<PendingEvent, object>>())(pending);

    private static object EnvelopeOf<TEvent>(PendingEvent pending)
        where TEvent : IIntegrationEvent => new Envelope<TEvent>(
        pending.EventId, pending.MessageId.ToString(), pending.Revision, pending.OccurredAt, null, (TEvent)pending.Event);

    [LoggerMessage(220, LogLevel.Warning, "Delivery of messages to {Consumer} waits")]
    private partial void LogWaiting(Exception failure, string consumer);

    [LoggerMessage(222, LogLevel.Warning, "Delivered changes of messages could not be pruned")]
    private partial void LogUnpruned(Exception failure);

    [LoggerMessage(221, LogLevel.Error, "Message event {EventId} is parked for {Consumer} after its last attempt")]
    private partial void LogParked(Exception failure, Guid eventId, string consumer);
}
