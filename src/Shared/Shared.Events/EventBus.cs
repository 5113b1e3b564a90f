using System.Diagnostics;
using System.Runtime.CompilerServices;
using Beat.Messaging.Shared.Events.Persistence;
using Beat.Messaging.Shared.Hosting.Time;

namespace Beat.Messaging.Shared.Events;

/// <summary>Delivers events to the subscribers in this process, and records what is still owed.</summary>
public sealed partial class EventBus(EventRegistry registry, IServiceProvider services, RelaySignal signal, TimeProvider time, ILogger<EventBus> log)
{
    /// <summary>Failures of the event itself after which a delivery is parked.</summary>
    internal const int MaxAttempts = 10;

    private static readonly TimeSpan HandlerLimit = TimeSpan.FromSeconds(30);

    /// <summary>How far the delivery that a caller waits for has come, with what its subscribers raise themselves.</summary>
    private static readonly AsyncLocal<StrongBox<int>?> Progress = new();

    /// <summary>
    /// Delivers what was just committed, and waits for it as long as it comes on: not for a subscriber that takes longer than
    /// <see cref="InlineDeliveries.CallerTimeout"/>, nor for those after it, and not until the relay takes over. It goes on all the same.
    /// </summary>
    internal async Task DeliverInline(IModuleDatabase database, IReadOnlyList<OutboxEvent> events)
    {
        if (events.Count == 0)
            return;
        var started = Stopwatch.StartNew();
        var steps = Progress.Value ??= new StrongBox<int>();
        // On a thread of its own, as SQLite blocks the one that it is called by.
        var delivering = Task.Run(() => Deliver(database, events), CancellationToken.None);
        int before;
        do
        {
            before = Volatile.Read(ref steps.Value);
            await delivering.WaitAsync(InlineDeliveries.CallerTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (!delivering.IsCompleted && Volatile.Read(ref steps.Value) != before && started.Elapsed < Outbox.InlineGrace);
    }

    /// <summary>Delivers what was just committed, in order. Never throws: what fails is still owed, and the relay tries again.</summary>
    internal async Task Deliver(IModuleDatabase database, IReadOnlyList<OutboxEvent> events)
    {
        if (events.Count == 0)
            return;
        foreach (var stored in events)
        {
            var registration = registry.Of(stored.EventType)!;
            var envelope = registration.Read(stored);
            List<string> delivered = [];
            foreach (var subscriber in registry.Subscribers(registration.Type))
            {
                if (await TryHandle(subscriber, envelope) is null && !subscriber.IsPush)
                    delivered.Add(subscriber.Name);
                if (Progress.Value is { } steps)
                    Interlocked.Increment(ref steps.Value);
            }
            await Settle(database, stored.EventId, delivered);
        }
        signal.Set(database.Module);
    }

    /// <summary>Delivers one owed event once more and notes the outcome.</summary>
    internal async Task Redeliver(IModuleDatabase database, OutboxEvent stored, OutboxDelivery owed, CancellationToken ct)
    {
        var registration = registry.Of(stored.EventType);
        var subscriber = registration is null
            ? null
            : registry.Subscribers(registration.Type).FirstOrDefault(s => s.Name == owed.Subscriber && !s.IsPush);
        // A subscriber that is gone from the code has no use for the event any more.
        var failure = subscriber is null ? null : await TryHandle(subscriber, registration!.Read(stored), ct);
        if (failure is null)
            await Settle(database, stored.EventId, [owed.Subscriber]);
        else
            await Postpone(database, owed, failure, ct);
    }

    /// <summary>Hands a batch to one subscriber; for modules whose events are stored elsewhere than in the outbox.</summary>
    public Task Handle(EventSubscription subscriber, IReadOnlyList<object> envelopes, CancellationToken ct) =>
        subscriber.Handle(services, envelopes, ct);

    internal async Task Postpone(IModuleDatabase database, OutboxDelivery owed, Exception failure, CancellationToken ct)
    {
        var counts = failure is not StoreUnavailableException;
        var attempts = owed.Attempts + (counts ? 1 : 0);
        var now = time.Now();
        DateTimeOffset? parkedAt = attempts >= MaxAttempts ? now : null;
        var dueAt = now + TimeSpan.FromSeconds(counts ? Math.Min(60, 1 << attempts) : 1);
        if (parkedAt is not null)
            LogParked(owed.EventId, owed.Subscriber);
        using var turn = await database.AcquireWriteLock(ct);
        await using var db = database.Open();
        await db.Deliveries.Where(d => d.EventId == owed.EventId && d.Subscriber == owed.Subscriber).ExecuteUpdateAsync(
            row => row
                .SetProperty(d => d.Attempts, attempts)
                .SetProperty(d => d.DueAt, dueAt)
                .SetProperty(d => d.ParkedAt, parkedAt)
                .SetProperty(d => d.Error, $"{failure.GetType().Name}: {failure.Message}"),
            ct);
    }

    private async Task<Exception?> TryHandle(EventSubscription subscriber, object envelope, CancellationToken ct = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(HandlerLimit);
        try
        {
            await subscriber.Handle(services, [envelope], limit.Token);
            return null;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException late)
        {
            return new StoreUnavailableException($"{subscriber.Name} took more than {HandlerLimit.TotalSeconds} s.", late);
        }
        catch (Exception failure)
        {
            LogFailed(failure, subscriber.Name);
            return failure;
        }
    }

    private async Task Settle(IModuleDatabase database, Guid eventId, IReadOnlyList<string> delivered)
    {
        if (delivered.Count == 0)
            return;
        try
        {
            using var turn = await database.AcquireWriteLock(CancellationToken.None);
            await using var db = database.Open();
            await db.Deliveries.Where(d => d.EventId == eventId && delivered.Contains(d.Subscriber)).ExecuteDeleteAsync();
        }
        catch (Exception failure)
        {
            // Still owed: subscribers get it again, which they bear.
            LogUnsettled(failure, eventId);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Subscriber {Subscriber} failed; the event will be delivered again")]
    private partial void LogFailed(Exception failure, string subscriber);

    [LoggerMessage(2, LogLevel.Error, "Event {EventId} is parked for {Subscriber} after its last attempt")]
    private partial void LogParked(Guid eventId, string subscriber);

    [LoggerMessage(3, LogLevel.Warning, "Event {EventId} was delivered, but that could not be noted")]
    private partial void LogUnsettled(Exception failure, Guid eventId);
}
