using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Beat.Messaging.Shared.Events.Persistence;

/// <summary>What an exception of a database means.</summary>
internal static class StoreFaults
{
    /// <summary>The database is away, overloaded or full: not the request's fault.</summary>
    public static bool IsUnavailable(Exception fault) => fault switch
    {
        DbUpdateException { InnerException: { } inner } => IsUnavailable(inner),
        InvalidOperationException { InnerException: NpgsqlException inner } => IsUnavailable(inner),
        // Busy, locked, out of memory, read-only, I/O error, full, cannot open.
        SqliteException sqlite => sqlite.SqliteErrorCode is 5 or 6 or 7 or 8 or 10 or 13 or 14,
        PostgresException postgres => postgres.IsTransient,
        DbException or TimeoutException => true,
        _ => false,
    };

    /// <summary>Another writer of the same rows was faster, which several nodes make possible.</summary>
    public static bool IsLostRace(Exception fault) => fault switch
    {
        DbUpdateException { InnerException: PostgresException inner } => IsLostRace(inner),
        InvalidOperationException { InnerException: PostgresException inner } => IsLostRace(inner),
        PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.UniqueViolation } => true,
        _ => false,
    };

    /// <summary>
    /// Another try of the same may succeed: a dependency was away or somebody was faster. Neither bad data nor a mistake of the
    /// code.
    /// </summary>
    public static bool MayPass(Exception fault) => fault switch
    {
        DbUpdateException { InnerException: { } inner } => MayPass(inner),
        PostgresException postgres => postgres.IsTransient || IsLostRace(postgres),
        SqliteException sqlite => sqlite.SqliteExtendedErrorCode is 1555 or 2067 || IsUnavailable(sqlite),
        DbUpdateConcurrencyException or DbException or TimeoutException or IOException or OperationCanceledException => true,
        { InnerException: { } inner } => MayPass(inner),
        _ => false,
    };

    public static bool IsUniqueViolation(DbUpdateException fault) => fault.InnerException switch
    {
        SqliteException sqlite => sqlite.SqliteExtendedErrorCode is 1555 or 2067,
        PostgresException postgres => postgres.SqlState == PostgresErrorCodes.UniqueViolation,
        _ => false,
    };
}
