using Microsoft.Data.Sqlite;

namespace Beat.Messaging.Shared.Infrastructure.Persistence;

/// <summary>Where relational data lives.</summary>
/// <param name="PostgreSql">Connection string, or null: SQLite files in <paramref name="DataFolder"/>.</param>
public sealed record StoreLocations(string? PostgreSql, string DataFolder)
{
    /// <summary>The connection string of a module's own file.</summary>
    public string Sqlite(string module) => new SqliteConnectionStringBuilder
    {
        DataSource = Path.Combine(DataFolder, $"{module}.db"),
        ForeignKeys = true,
        DefaultTimeout = 2,
    }.ToString();
}
