using Beat.Messaging.Shared.Events.Persistence;

namespace Beat.Messaging.Shared.Events;

/// <summary>The outbox of a module's tables: an event, and a row for each delivery that it still owes.</summary>
internal sealed class OutboxSource(IModuleDatabase database, EventRegistry registry) : IEventSource
{
    private const int MaxCounted = 100_000;

    public string Name => database.Module;

    public string Module => database.Module;

    /// <summary>Deliveries are stored with their event, so there is nothing to make ready.</summary>
    public void Start()
    {
    }

    /// <summary>Looks up one after the other, which takes as long with a million deliveries as with ten.</summary>
    public async Task<IReadOnlyCollection<string>> ReadConsumers(DateTimeOffset now, CancellationToken ct)
    {
        var consumers = new List<string>();
        await using var db = database.Open();
        var next = await Due(db, now).OrderBy(d => d.Subscriber).Select(d => d.Subscriber).FirstOrDefaultAsync(ct);
        while (next is { } last)
        {
            consumers.Add(last);
#pragma warning disable CA1309 // It becomes SQL, in the order of the database.
            next = await Due(db, now).Where(d => string.Compare(d.Subscriber, last) > 0)
#pragma warning restore CA1309
                .OrderBy(d => d.Subscriber).Select(d => d.Subscriber).FirstOrDefaultAsync(ct);
        }
        return consumers;
    }

    public async Task<PendingBatch> ReadPending(string consumer, DateTimeOffset now, int limit, CancellationToken ct)
    {
        await using var db = database.Open();
        var rows = await Due(db, now).Where(d => d.Subscriber == consumer)
            .Join(db.Outbox, d => d.EventId, e => e.EventId, (Delivery, Event) => new { Delivery.Attempts, Event })
            .OrderBy(row => row.Event.Position)
            .Take(limit)
            .AsNoTracking()
            .ToListAsync(ct);
        return new PendingBatch(
            rows.ConvertAll(row => row.Event.ToPending(registry.Of(row.Event.EventType), row.Attempts)), rows.Count == limit);
    }

    public async Task Settle(
        string consumer, IReadOnlyList<PendingEvent> taken, IReadOnlyList<FailedDelivery> failed, CancellationToken ct)
    {
        var ids = taken.Select(one => one.EventId).ToList();
        using var turn = await database.AcquireWriteLock(ct);
        await using var db = database.Open();
        if (ids.Count > 0)
            await db.Deliveries.Where(d => d.Subscriber == consumer && ids.Contains(d.EventId)).ExecuteDeleteAsync(ct);
        foreach (var (one, attempts, dueAt, error) in failed)
        {
            await db.Deliveries.Where(d => d.Subscriber == consumer && d.EventId == one.EventId).ExecuteUpdateAsync(
                row => row
                    .SetProperty(d => d.Attempts, attempts)
                    .SetProperty(d => d.DueAt, d => dueAt ?? d.DueAt)
                    .SetProperty(d => d.ParkedAt, dueAt == null ? DateTimeOffset.UtcNow : null)
                    .SetProperty(d => d.Error, error),
                ct);
        }
    }

    /// <summary>Notes of effects that were made go with the events.</summary>
    public async Task Prune(DateTimeOffset before, CancellationToken ct)
    {
        await using (var reading = database.Open())
        {
            if (!await Prunable(reading, before).AnyAsync(ct) && !await reading.Inbox.AnyAsync(i => i.HandledAt < before, ct))
                return;
        }
        using var turn = await database.AcquireWriteLock(ct);
        await using var db = database.Open();
        await Prunable(db, before).ExecuteDeleteAsync(ct);
        await db.Inbox.Where(i => i.HandledAt < before).ExecuteDeleteAsync(ct);
    }

    public async Task<Backlog> ReadBacklog(CancellationToken ct)
    {
        await using var db = database.Open();
        var owed = db.Deliveries.Where(d => d.ParkedAt == null);
        var depth = await owed.Take(MaxCounted).CountAsync(ct);
        var oldest = depth == 0 ? null : await owed.Join(db.Outbox, d => d.EventId, e => e.EventId, (_, e) => e)
            .OrderBy(e => e.Position).Select(e => (DateTimeOffset?)e.OccurredAt).FirstOrDefaultAsync(ct);
        return new Backlog(Name, depth, oldest);
    }

    public async Task<int> CountParked(CancellationToken ct)
    {
        await using var db = database.Open();
        return await db.Deliveries.CountAsync(d => d.ParkedAt != null, ct);
    }

    public async Task<IReadOnlyList<ParkedEvent>> ReadParked(int limit, CancellationToken ct)
    {
        await using var db = database.Open();
        var rows = await db.Deliveries.Where(d => d.ParkedAt != null)
            .Join(db.Outbox, d => d.EventId, e => e.EventId, (Delivery, Event) => new { Delivery, Event })
            .OrderBy(row => row.Event.Position).Take(limit).AsNoTracking().ToListAsync(ct);
        return rows.ConvertAll(row => new ParkedEvent(
            Name, row.Event.EventId, row.Event.EventType, row.Delivery.Subscriber, row.Delivery.Error, row.Event.OccurredAt));
    }

    public async Task<int> Replay(DateTimeOffset now, CancellationToken ct)
    {
        using var turn = await database.AcquireWriteLock(ct);
        await using var db = database.Open();
        return await db.Deliveries.Where(d => d.ParkedAt != null).ExecuteUpdateAsync(
            row => row
                .SetProperty(d => d.ParkedAt, (DateTimeOffset?)null)
                .SetProperty(d => d.Attempts, 0)
                .SetProperty(d => d.DueAt, now),
            ct);
    }

    private static IQueryable<OutboxDelivery> Due(ModuleContext db, DateTimeOffset now) =>
        db.Deliveries.Where(d => d.ParkedAt == null && d.DueAt <= now);

    private static IQueryable<OutboxEvent> Prunable(ModuleContext db, DateTimeOffset before) =>
        db.Outbox.Where(e => e.OccurredAt < before && !db.Deliveries.Any(d => d.EventId == e.EventId));
}
