using System.Diagnostics;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Beat.Messaging.Shared.Hosting.Operations;

namespace Beat.Messaging.Shared.Events.Persistence;

/// <summary>Access to a module's tables: reads, and changes that commit together with their events.</summary>
public sealed class ModuleStore<TContext>(IModuleDatabase<TContext> database, Outbox outbox, EventBus bus)
    where TContext : ModuleContext
{
    /// <summary>
    /// How long a caller waits. Drivers have limits of their own, which a path that just hangs does not keep; what goes on behind
    /// this one ends by itself, and its events are delivered by the relay.
    /// </summary>
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(1.8);

    private const int MaxAttempts = 3;
    private const int PageSize = 500;

    /// <summary>A context to read with; dispose it.</summary>
    public TContext Open() => database.Open();

    /// <summary>Reads with a context of its own.</summary>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public Task<T> Read<T>(Func<TContext, Task<T>> read) => TranslateFaults(async () =>
    {
        await using var db = database.Open();
        return await read(db);
    });

    /// <summary>
    /// Reads any number of rows in the order of a key, a page at a time: neither memory nor a connection waits for a slow reader.
    /// </summary>
    /// <param name="key">Unique among the rows.</param>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public async IAsyncEnumerable<TRow> Stream<TRow>(
        Func<TContext, IQueryable<TRow>> rows, Expression<Func<TRow, Guid>> key, [EnumeratorCancellation] CancellationToken ct)
        where TRow : class
    {
        var keyOf = key.Compile();
        List<TRow> page = [];
        do
        {
            var last = page.Count == 0 ? (Guid?)null : keyOf(page[^1]);
            page = await Read(db => (last is { } after ? rows(db).Where(KeyGreaterThan(key, after)) : rows(db))
                .AsNoTracking().OrderBy(key).Take(PageSize).ToListAsync(ct));
            foreach (var row in page)
                yield return row;
        }
        while (page.Count == PageSize);
    }

    /// <summary>
    /// Runs <paramref name="change"/> in one transaction with the events that it raises, commits, and delivers those events to
    /// the in-process subscribers before it returns, so that the caller reads its own writes; a subscriber that takes more than a
    /// second is not waited for, nor those after it. A problem rolls everything back. Of competing changes all but the first are
    /// made again, and see it.
    /// </summary>
    /// <param name="onConflict">The answer when a unique index refuses the change, because a competing one was faster.</param>
    /// <exception cref="StoreUnavailableException">The database is away; the outcome is unknown only if the commit itself
    /// failed.</exception>
    public async Task<Result<T>> Write<T>(
        Func<TContext, Task<Result<T>>> change, CancellationToken ct, Problem? onConflict = null)
    {
        IReadOnlyList<OutboxEvent> events;
        Result<T> result;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                (result, events) = await TranslateFaults(() => Commit(change, ct));
                break;
            }
            catch (Exception lost) when (attempt < MaxAttempts && StoreFaults.IsLostRace(lost))
            {
                // Rolled back; the next attempt sees what the other one wrote.
                continue;
            }
            catch (DbUpdateException conflict) when (onConflict is not null && StoreFaults.IsUniqueViolation(conflict))
            {
                return onConflict;
            }
        }
        // The change is durable: from here on nothing the caller does may stop its events.
        await bus.DeliverInline(database, events);
        return result;
    }

    /// <summary>Same, for a change that has nothing to answer.</summary>
    /// <returns>Why it was refused; null when it was made.</returns>
    public async Task<Problem?> Write(Func<TContext, Task<Problem?>> change, CancellationToken ct, Problem? onConflict = null)
    {
        var made = await Write<object?>(
            async db => await change(db) is { } refused ? refused : default(Result<object?>), ct, onConflict);
        return made.Problem;
    }

    /// <summary>Same, for a change that is never refused.</summary>
    public Task Write(Func<TContext, Task> change, CancellationToken ct) => Write<object?>(
        async db =>
        {
            await change(db);
            return default;
        },
        ct);

    /// <summary>UUIDs have no operators; the providers translate CompareTo.</summary>
    private static Expression<Func<TRow, bool>> KeyGreaterThan<TRow>(Expression<Func<TRow, Guid>> key, Guid last)
    {
        var from = new { Key = last };
        var compared = Expression.Call(
            key.Body, typeof(Guid).GetMethod(nameof(Guid.CompareTo), [typeof(Guid)])!,
            Expression.Property(Expression.Constant(from), nameof(from.Key)));
        return Expression.Lambda<Func<TRow, bool>>(Expression.GreaterThan(compared, Expression.Constant(0)), key.Parameters);
    }

    private async Task<(Result<T> Result, IReadOnlyList<OutboxEvent> Events)> Commit<T>(
        Func<TContext, Task<Result<T>>> change, CancellationToken ct)
    {
        using var turn = await database.AcquireWriteLock(ct);
        await using var db = database.Open();
        // Contexts are pooled: one whose change was refused or failed still holds what that raised.
        db.TakeRaised();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var result = await change(db);
        if (result.IsProblem)
            return (result, []);
        await db.SaveChangesAsync(ct);
        var events = outbox.Add(db, db.TakeRaised());
        if (events.Count > 0)
            await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(CancellationToken.None);
        return (result, events);
    }

    private async Task<T> TranslateFaults<T>(Func<Task<T>> work)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            return await work().WaitAsync(CallTimeout);
        }
        catch (Exception fault) when (StoreFaults.IsUnavailable(fault) && !StoreFaults.IsLostRace(fault))
        {
            throw new StoreUnavailableException($"The store of {database.Module} is unavailable.", fault);
        }
        finally
        {
            Telemetry.StoreAnswered(database.Module, started);
        }
    }
}
