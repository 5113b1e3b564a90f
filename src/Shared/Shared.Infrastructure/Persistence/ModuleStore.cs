using System.Data.Common;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Infrastructure.Events;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Beat.Messaging.Shared.Infrastructure.Persistence;

/// <summary>The door to a module's tables: reads, and changes that commit together with their events.</summary>
public sealed class ModuleStore<TContext>(IModuleDatabase<TContext> database, Outbox outbox, Bus bus)
    where TContext : ModuleContext
{
    /// <summary>A context to read with; dispose it.</summary>
    public TContext Open() => database.Open();

    /// <summary>Reads with a context of its own.</summary>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public Task<T> Read<T>(Func<TContext, Task<T>> read) => Guarded(async () =>
    {
        await using var db = database.Open();
        return await read(db);
    });

    /// <summary>
    /// Runs <paramref name="change"/> in one transaction with the events that it raises, commits, and delivers those events to the
    /// in-process subscribers before it returns, so that the caller reads its own writes. A problem rolls everything back.
    /// </summary>
    /// <param name="onConflict">The answer when a unique index refuses the change, because a competing one was faster.</param>
    /// <exception cref="StoreUnavailableException">The database is away; the outcome is unknown only if the commit itself failed.</exception>
    public async Task<Result<T>> Write<T>(Func<TContext, Task<Result<T>>> change, CancellationToken ct, Problem? onConflict = null)
    {
        IReadOnlyList<OutboxEvent> events;
        Result<T> result;
        try
        {
            (result, events) = await Guarded(() => Commit(change, ct));
        }
        catch (DbUpdateException conflict) when (onConflict is not null && IsUniqueViolation(conflict))
        {
            return onConflict;
        }
        // The change is durable: from here on nothing the caller does may stop its events.
        await bus.Deliver(database, events);
        return result;
    }

    private async Task<(Result<T> Result, IReadOnlyList<OutboxEvent> Events)> Commit<T>(
        Func<TContext, Task<Result<T>>> change, CancellationToken ct)
    {
        using var turn = await database.TakeTurn(ct);
        await using var db = database.Open();
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

    private static async Task<T> Guarded<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception fault) when (IsUnavailable(fault))
        {
            throw new StoreUnavailableException($"The store of {typeof(TContext).Name} is unavailable.", fault);
        }
    }

    private static bool IsUnavailable(Exception fault) => fault switch
    {
        DbUpdateException { InnerException: { } inner } => IsUnavailable(inner),
        InvalidOperationException { InnerException: NpgsqlException inner } => IsUnavailable(inner),
        // Busy, locked, out of memory, read-only, I/O error, full, cannot open.
        SqliteException sqlite => sqlite.SqliteErrorCode is 5 or 6 or 7 or 8 or 10 or 13 or 14,
        PostgresException postgres => postgres.IsTransient,
        DbException or TimeoutException => true,
        _ => false,
    };

    private static bool IsUniqueViolation(DbUpdateException fault) => fault.InnerException switch
    {
        SqliteException sqlite => sqlite.SqliteExtendedErrorCode is 1555 or 2067,
        PostgresException postgres => postgres.SqlState == PostgresErrorCodes.UniqueViolation,
        _ => false,
    };
}
