using Microsoft.Data.Sqlite;
using Npgsql;

namespace Beat.Messaging.Shared.Events.Persistence;

/// <summary>Where data lives.</summary>
/// <param name="PostgreSql">Connection string, or null: SQLite files in <paramref name="DataFolder"/>.</param>
/// <param name="Mongo">URL of the messages' store, or null: the same folder.</param>
public sealed record StoreLocations(string? PostgreSql, string DataFolder, string? Mongo = null)
{
    // Chosen by whoever runs it, where the URL says so.
    private const int DefaultPoolSize = 50;

    /// <summary>
    /// The one pool of connections that all modules share, with time limits that end a call before the request's own limit where
    /// the network allows it.
    /// </summary>
    public NpgsqlDataSource Connect()
    {
        var settings = new NpgsqlConnectionStringBuilder(PostgreSql)
        {
            Timeout = 2,
            CommandTimeout = 2,
            ApplicationName = "beat-messaging",
        };
        if (!settings.ContainsKey("Maximum Pool Size"))
            settings.MaxPoolSize = DefaultPoolSize;
        return NpgsqlDataSource.Create(settings);
    }

    /// <summary>The connection string of a module's own file.</summary>
    public string Sqlite(string module) => new SqliteConnectionStringBuilder
    {
        DataSource = Path.Combine(DataFolder, $"{module}.db"),
        ForeignKeys = true,
        DefaultTimeout = 2,
    }.ToString();
}
