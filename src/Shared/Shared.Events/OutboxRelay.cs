using System.Text;
using Beat.Messaging.Shared.Events.Kafka;
using Beat.Messaging.Shared.Events.Persistence;
using Beat.Messaging.Shared.Hosting.Time;
using Microsoft.Extensions.Hosting;

namespace Beat.Messaging.Shared.Events;

/// <summary>
/// Makes the deliveries that are still owed, module by module: to subscribers that failed or were cut off, and to Kafka.
/// </summary>
public sealed partial class OutboxRelay(
    IEnumerable<IModuleDatabase> databases, EventBus bus, EventRegistry registry, KafkaMirror mirror, RelayLeases leases, RelaySignal signal,
    TimeProvider time, ILogger<OutboxRelay> log) : BackgroundService, IEventBacklog
{
    private const int BatchSize = 500;
    private const int MaxCounted = 100_000;
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Retention = TimeSpan.FromDays(14);

    public async Task<IReadOnlyList<Backlog>> Read(CancellationToken ct)
    {
        var backlogs = new List<Backlog>();
        foreach (var database in databases)
        {
            await using var db = database.Open();
            var owed = db.Deliveries.Where(d => d.ParkedAt == null);
            var depth = await owed.Take(MaxCounted).CountAsync(ct);
            var oldest = depth == 0 ? null : await owed.Join(db.Outbox, d => d.EventId, e => e.EventId, (_, e) => e)
                .OrderBy(e => e.Position).Select(e => (DateTimeOffset?)e.OccurredAt).FirstOrDefaultAsync(ct);
            backlogs.Add(new Backlog(database.Module, depth, oldest));
        }
        return backlogs;
    }

    public async Task<IReadOnlyList<ParkedEvent>> Parked(int limit, CancellationToken ct)
    {
        var parked = new List<ParkedEvent>();
        foreach (var database in databases)
        {
            await using var db = database.Open();
            var rows = await db.Deliveries.Where(d => d.ParkedAt != null)
                .Join(db.Outbox, d => d.EventId, e => e.EventId, (Delivery, Event) => new { Delivery, Event })
                .OrderBy(row => row.Event.Position).Take(limit - parked.Count).AsNoTracking().ToListAsync(ct);
            parked.AddRange(rows.Select(row => new ParkedEvent(
                database.Module, row.Event.EventId, row.Event.EventType, row.Delivery.Subscriber, row.Delivery.Error, row.Event.OccurredAt)));
        }
        return parked;
    }

    public async Task<int> CountParked(CancellationToken ct)
    {
        var parked = 0;
        foreach (var database in databases)
        {
            await using var db = database.Open();
            parked += await db.Deliveries.CountAsync(d => d.ParkedAt != null, ct);
        }
        return parked;
    }

    public async Task<int> Replay(CancellationToken ct)
    {
        var replayed = 0;
        foreach (var database in databases)
        {
            using var turn = await database.AcquireWriteLock(ct);
            await using var db = database.Open();
            replayed += await db.Deliveries.Where(d => d.ParkedAt != null).ExecuteUpdateAsync(
                row => row
                    .SetProperty(d => d.ParkedAt, (DateTimeOffset?)null)
                    .SetProperty(d => d.Attempts, 0)
                    .SetProperty(d => d.DueAt, time.Now()),
                ct);
            signal.Set(database.Module);
        }
        return replayed;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(databases.SelectMany(database => new[]
        {
            // Two loops, so that Kafka's absence delays no subscriber.
            Loop(database, Redeliver, stoppingToken),
            Loop(database, Mirror, stoppingToken),
        }));

    private async Task Loop(IModuleDatabase database, Func<IModuleDatabase, CancellationToken, Task<bool>> step, CancellationToken ct)
    {
        await Task.Yield();
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (!leases.Holds(database.Module))
                    await Task.Delay(PollInterval, time, ct);
                else if (!await step(database, ct))
                    await (step == Mirror ? signal.Wait(database.Module, PollInterval, ct) : Task.Delay(PollInterval, time, ct));
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                LogWaiting(failure, database.Module);
                await Task.Delay(PollInterval, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <returns>Whether there may be more.</returns>
    private async Task<bool> Redeliver(IModuleDatabase database, CancellationToken ct)
    {
        var owed = await ReadOwed(database, d => d.Subscriber != OutboxDelivery.Mirror, ct);
        foreach (var (delivery, stored) in owed)
            await bus.Redeliver(database, stored, delivery, ct);
        await Clean(database, ct);
        return owed.Count == BatchSize;
    }

    private async Task<bool> Mirror(IModuleDatabase database, CancellationToken ct)
    {
        var owed = await ReadOwed(database, d => d.Subscriber == OutboxDelivery.Mirror, ct);
        if (owed.Count == 0)
            return false;
        var outcomes = await mirror.Publish(owed.ConvertAll(o => ToRecord(o.Event)), ct);
        List<Guid> acknowledged = [];
        var away = false;
        for (var i = 0; i < owed.Count; i++)
        {
            switch (outcomes[i].Status)
            {
                case MirrorStatus.Acknowledged:
                    acknowledged.Add(owed[i].Event.EventId);
                    break;
                case MirrorStatus.Rejected:
                    await bus.Postpone(database, owed[i].Delivery, new InvalidOperationException(outcomes[i].Reason), ct);
                    break;
                default:
                    away = true;
                    break;
            }
        }
        using (await database.AcquireWriteLock(ct))
        {
            await using var db = database.Open();
            await db.Deliveries
                .Where(d => d.Subscriber == OutboxDelivery.Mirror && acknowledged.Contains(d.EventId))
                .ExecuteDeleteAsync(ct);
        }
        if (away)
            await Task.Delay(PollInterval, time, ct);
        return true;
    }

    private WireRecord ToRecord(OutboxEvent stored) => new(
        registry.Of(stored.EventType)!.Topic,
        stored.Key,
        stored.EventId,
        stored.EventType,
        EventEnvelope.Write(stored.Key, stored.EventType, Encoding.UTF8.GetBytes(stored.Payload), stored.EventId, stored.TraceParent,
            stored.AggregateId, stored.AggregateVersion, stored.OccurredAt),
        stored.TraceParent);

    private async Task<List<(OutboxDelivery Delivery, OutboxEvent Event)>> ReadOwed(
        IModuleDatabase database, System.Linq.Expressions.Expression<Func<OutboxDelivery, bool>> whose, CancellationToken ct)
    {
        var now = time.Now();
        await using var db = database.Open();
        var rows = await db.Deliveries
            .Where(whose)
            .Where(d => d.ParkedAt == null && d.DueAt <= now)
            .Join(db.Outbox, d => d.EventId, e => e.EventId, (Delivery, Event) => new { Delivery, Event })
            .OrderBy(row => row.Event.Position)
            .Take(BatchSize)
            .AsNoTracking()
            .ToListAsync(ct);
        return rows.ConvertAll(row => (row.Delivery, row.Event));
    }

    /// <summary>Delivered rows and old inbox notes go; what is still owed or parked stays for ever.</summary>
    private async Task Clean(IModuleDatabase database, CancellationToken ct)
    {
        var before = time.Now() - Retention;
        await using (var db = database.Open())
        {
            if (!await db.Outbox.AnyAsync(e => e.OccurredAt < before && !db.Deliveries.Any(d => d.EventId == e.EventId), ct)
                && !await db.Inbox.AnyAsync(i => i.HandledAt < before, ct))
                return;
        }
        using var turn = await database.AcquireWriteLock(ct);
        await using var writing = database.Open();
        await writing.Outbox.Where(e => e.OccurredAt < before && !writing.Deliveries.Any(d => d.EventId == e.EventId)).ExecuteDeleteAsync(ct);
        await writing.Inbox.Where(i => i.HandledAt < before).ExecuteDeleteAsync(ct);
    }

    [LoggerMessage(10, LogLevel.Warning, "The relay of {Module} waits: what it needs is away")]
    private partial void LogWaiting(Exception failure, string module);
}
