using Beat.Messaging.Shared.Events.Kafka;
using Beat.Messaging.Shared.Hosting.Time;
using Microsoft.Extensions.Hosting;

namespace Beat.Messaging.Shared.Events;

/// <summary>
/// Delivers the events of every source to those who have not taken them: to subscribers in this process and to Kafka, each at its
/// own pace, in batches. Of several nodes the one that holds a module's lease does so for all.
/// </summary>
public sealed partial class EventRelay(
    IEnumerable<IEventSource> sources, EventBus bus, EventRegistry registry, KafkaMirror mirror, RelayLeases leases,
    RelaySignal signal, TimeProvider time, ILogger<EventRelay> log) : BackgroundService
{
    /// <summary>The consumer that is Kafka.</summary>
    public const string Mirror = "kafka";

    /// <summary>Failures of the event itself after which a delivery is parked.</summary>
    internal const int MaxAttempts = 10;

    private const int BatchSize = 1000;
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PruneInterval = TimeSpan.FromHours(1);

    /// <summary>A source is looked at no more often, so that under load each batch holds many.</summary>
    private static readonly TimeSpan MinBatchInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>How long delivered events are kept, for a person to look into.</summary>
    private static readonly TimeSpan Retention = TimeSpan.FromDays(14);

    /// <summary>Sources know their consumers before the first request is served, so that no event is missed.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var source in sources)
        {
            source.Start();
            signal.Set(source.Name);
        }
        return base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(sources.Select(source => Watch(source, stoppingToken)));

    /// <summary>Wakes each consumer of the source that something is pending for.</summary>
    private async Task Watch(IEventSource source, CancellationToken ct)
    {
        await Task.Yield();
        var consumers = new Dictionary<string, Task>();
        var prunesAt = DateTimeOffset.MinValue;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await signal.Wait(source.Name, PollInterval, ct);
                if (!leases.Holds(source.Module))
                    continue;
                foreach (var consumer in await source.ReadConsumers(time.Now(), ct))
                {
                    if (!consumers.ContainsKey(consumer))
                        consumers.Add(consumer, Consume(source, consumer, ct));
                    signal.Set(SignalOf(source, consumer));
                }
                if (time.Now() >= prunesAt)
                {
                    await source.Prune(time.Now() - Retention, ct);
                    prunesAt = time.Now() + PruneInterval;
                }
                await Task.Delay(MinBatchInterval, time, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
            }
            catch (Exception failure)
            {
                LogWaiting(failure, source.Name);
                await Task.Delay(PollInterval, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        await Task.WhenAll(consumers.Values);
    }

    private async Task Consume(IEventSource source, string consumer, CancellationToken ct)
    {
        await Task.Yield();
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await signal.Wait(SignalOf(source, consumer), ct);
                // Asked for every batch: somebody else may hold the lease by now.
                while (leases.Holds(source.Module) && await DeliverBatch(source, consumer, ct))
                {
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
            }
            catch (Exception failure)
            {
                // What is pending still wakes it again.
                LogConsumerWaiting(failure, consumer, source.Name);
                await Task.Delay(PollInterval, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static string SignalOf(IEventSource source, string consumer) => $"{source.Name}/{consumer}";

    /// <returns>Whether there may be more.</returns>
    /// <exception cref="StoreUnavailableException">What the consumer needs is away; what it took before is settled.</exception>
    private async Task<bool> DeliverBatch(IEventSource source, string consumer, CancellationToken ct)
    {
        var batch = await source.ReadPending(consumer, time.Now(), BatchSize, ct);
        if (batch.Events.Count == 0)
            return batch.HasMore;
        var outcome = new Outcome([], []);
        var away = consumer == Mirror
            ? await Publish(batch.Events, outcome, ct)
            : await Deliver(consumer, batch.Events, outcome, ct);
        if (outcome.Taken.Count + outcome.Failed.Count > 0)
            await source.Settle(consumer, outcome.Taken, outcome.Failed, ct);
        foreach (var parked in outcome.Failed.Where(failed => failed.DueAt is null))
            LogParked(parked.Event.EventId, consumer, parked.Error);
        return away is null ? batch.HasMore : throw away;
    }

    /// <returns>What stopped it before the end, if anything did.</returns>
    private async Task<StoreUnavailableException?> Deliver(
        string consumer, IReadOnlyList<PendingEvent> events, Outcome outcome, CancellationToken ct)
    {
        foreach (var run in GroupByType(events))
        {
            // One that is gone from the code has no use for the event any more.
            if (registry.Of(run[0].EventType) is not { } registration
                || registry.Subscribers(registration.Type)
                    .FirstOrDefault(s => s.Name == consumer && !s.IsPush) is not { } subscriber)
            {
                outcome.Taken.AddRange(run);
                continue;
            }
            if (subscriber.TakesBatches && run.Count > 1)
            {
                var failure = await bus.TryHandle(subscriber, registration, run, ct);
                if (failure is StoreUnavailableException away)
                    return away;
                if (failure is null)
                {
                    outcome.Taken.AddRange(run);
                    continue;
                }
            }
            foreach (var one in run)
            {
                switch (await bus.TryHandle(subscriber, registration, [one], ct))
                {
                    case null:
                        outcome.Taken.Add(one);
                        break;
                    case StoreUnavailableException away:
                        return away;
                    case var failure:
                        outcome.Failed.Add(Postpone(one, $"{failure.GetType().Name}: {failure.Message}"));
                        break;
                }
            }
        }
        return null;
    }

    /// <summary>Neighbours of one type, so that batches do not change the order in which an aggregate's events come.</summary>
    internal static IEnumerable<IReadOnlyList<PendingEvent>> GroupByType(IReadOnlyList<PendingEvent> events)
    {
        for (int from = 0, to = 1; to <= events.Count; to++)
        {
            if (to < events.Count && events[to].EventType == events[from].EventType)
                continue;
            yield return [.. events.Skip(from).Take(to - from)];
            from = to;
        }
    }

    private FailedDelivery Postpone(PendingEvent failed, string error)
    {
        var attempts = failed.Attempts + 1;
        return new FailedDelivery(
            failed, attempts, attempts >= MaxAttempts ? null : time.Now() + TimeSpan.FromSeconds(Math.Min(60, 1 << attempts)),
            error);
    }

    /// <returns>What stopped it before the end, if anything did.</returns>
    private async Task<StoreUnavailableException?> Publish(
        IReadOnlyList<PendingEvent> events, Outcome outcome, CancellationToken ct)
    {
        var topics = events.Select(one => registry.Of(one.EventType)?.Topic).ToList();
        var known = events.Zip(topics).Where(pair => pair.Second is not null).Select(pair => ToRecord(pair.First, pair.Second!))
            .ToList();
        var answers = new Queue<MirrorOutcome>(await mirror.Publish(known, ct));
        foreach (var (one, topic) in events.Zip(topics))
        {
            var answer = topic is null
                ? new MirrorOutcome(MirrorStatus.Rejected, "This version of the service has no topic for it.")
                : answers.Dequeue();
            switch (answer.Status)
            {
                case MirrorStatus.Acknowledged:
                    outcome.Taken.Add(one);
                    break;
                case MirrorStatus.Rejected:
                    outcome.Failed.Add(new FailedDelivery(one, one.Attempts + 1, DueAt: null, answer.Reason ?? "rejected"));
                    break;
                default:
                    return new StoreUnavailableException($"Kafka is away: {answer.Reason}");
            }
        }
        return null;
    }

    private static WireRecord ToRecord(PendingEvent pending, string topic) => new(
        topic,
        pending.Key,
        pending.EventId,
        pending.EventType,
        EventEnvelope.Write(
            pending.Key, pending.EventType, pending.ReadPayload().Span, pending.EventId, pending.TraceParent, pending.AggregateId,
            pending.AggregateVersion, pending.OccurredAt),
        pending.TraceParent);

    /// <summary>What became of the first events of a batch.</summary>
    private sealed record Outcome(List<PendingEvent> Taken, List<FailedDelivery> Failed);

    [LoggerMessage(14, LogLevel.Warning, "The relay of {Source} waits: its store is away")]
    private partial void LogWaiting(Exception failure, string source);

    [LoggerMessage(15, LogLevel.Warning, "Delivery to {Consumer} from {Source} waits: what it needs is away")]
    private partial void LogConsumerWaiting(Exception failure, string consumer, string source);

    [LoggerMessage(16, LogLevel.Error, "Event {EventId} is parked for {Consumer} after its last attempt: {Error}")]
    private partial void LogParked(Guid eventId, string consumer, string error);
}
