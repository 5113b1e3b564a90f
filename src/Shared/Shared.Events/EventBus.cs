using System.Diagnostics;
using System.Runtime.CompilerServices;
using Beat.Messaging.Shared.Events.Persistence;

namespace Beat.Messaging.Shared.Events;

/// <summary>Delivers events to the subscribers in this process, and records what is still owed.</summary>
public sealed partial class EventBus(EventRegistry registry, IServiceProvider services, RelaySignal signal, ILogger<EventBus> log)
{
    private static readonly TimeSpan HandlerLimit = TimeSpan.FromSeconds(30);

    /// <summary>How far the delivery that a caller waits for has come, with what its subscribers raise themselves.</summary>
    private static readonly AsyncLocal<StrongBox<int>?> Progress = new();

    /// <summary>
    /// Delivers what was just committed, and waits for it as long as it comes on: not for a subscriber that takes longer than
    /// <see cref="InlineDeliveries.CallerTimeout"/>, nor for those after it, and not until the relay takes over. It goes on all
    /// the same.
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

    /// <summary>
    /// Delivers what was just committed, in order. Never throws: what fails is still owed, and the relay tries again.
    /// </summary>
    internal async Task Deliver(IModuleDatabase database, IReadOnlyList<OutboxEvent> events)
    {
        if (events.Count == 0)
            return;
        foreach (var stored in events)
        {
            var registration = registry.Of(stored.EventType)!;
            var pending = stored.ToPending(registration, attempts: 0);
            List<string> delivered = [];
            foreach (var subscriber in registry.Subscribers(registration.Type))
            {
                if (await TryHandle(subscriber, registration, [pending], CancellationToken.None) is null && !subscriber.IsPush)
                    delivered.Add(subscriber.Name);
                if (Progress.Value is { } steps)
                    Interlocked.Increment(ref steps.Value);
            }
            await Settle(database, stored.EventId, delivered);
        }
        signal.Set(database.Module);
    }

    /// <summary>Hands envelopes of one type to a subscriber, in their order.</summary>
    public Task Handle(EventSubscription subscriber, IReadOnlyList<object> envelopes, CancellationToken ct) =>
        subscriber.Handle(services, envelopes, ct);

    /// <returns>What went wrong, if anything did: <see cref="StoreUnavailableException"/> when it is not the event's
    /// fault.</returns>
    internal async Task<Exception?> TryHandle(
        EventSubscription subscriber, EventRegistration registration, IReadOnlyList<PendingEvent> events, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(HandlerLimit);
        try
        {
            await Handle(subscriber, [.. events.Select(registration.ToEnvelope)], limit.Token);
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

    [LoggerMessage(3, LogLevel.Warning, "Event {EventId} was delivered, but that could not be noted")]
    private partial void LogUnsettled(Exception failure, Guid eventId);
}
