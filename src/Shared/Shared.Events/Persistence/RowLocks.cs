using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Beat.Messaging.Shared.Events.Persistence;

/// <summary>Locks the rows that a query reads until the transaction ends.</summary>
public static class RowLocks
{
    private const string Tag = "for update";

    /// <summary>
    /// <c>SELECT … FOR UPDATE</c> on PostgreSQL. SQLite has one writer at a time, so there is nothing to add.
    /// </summary>
    public static IQueryable<T> ForUpdate<T>(this IQueryable<T> rows) => rows.TagWith(Tag);

    /// <summary>For PostgreSQL only: carries out what the tag asks for.</summary>
    internal sealed class Interceptor : DbCommandInterceptor
    {
        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default)
        {
            if (command.CommandText.StartsWith($"-- {Tag}", StringComparison.Ordinal))
                command.CommandText += "\nFOR UPDATE";
            return new(result);
        }
    }
}
