using Beat.Messaging.Messages.Search;
using Microsoft.Data.Sqlite;

namespace Beat.Messaging.Messages.Store.Sqlite;

/// <summary>
/// The two files of the message store: messages, and how far their events were delivered. The second need not reach the disk at
/// once, since losing it means only that events are delivered again.
/// </summary>
internal sealed class SqliteMessageDatabase : IDisposable
{
    private readonly string messages;

    /// <param name="folder">Where the files are made.</param>
    public SqliteMessageDatabase(string folder)
    {
        messages = Connect(folder, "messages-store.db");
        Writer = OpenWriter(folder);
        Writer.CreateFunction("terms_of", (byte[] groupId, string content) =>
            SqliteMessageRows.Terms(new Guid(groupId, bigEndian: true), SearchTerms.Of(content)));
        SqliteMessageSchema.Migrate(Writer, SqliteMessageSchema.Messages);
        Writer.Execute("INSERT INTO epoch (id) SELECT @id WHERE NOT EXISTS (SELECT 1 FROM epoch)", ("@id", Guid.NewGuid()));
        Deliveries = Open(Connect(folder, "messages-deliveries.db"), "NORMAL");
        SqliteMessageSchema.Migrate(Deliveries, SqliteMessageSchema.Deliveries);
        Rewind();
    }

    /// <summary>The one connection that writes messages; to be used under <see cref="Writing"/>.</summary>
    public SqliteConnection Writer { get; }

    public Lock Writing { get; } = new();

    /// <summary>The one connection to the file of deliveries; to be used under <see cref="Delivering"/>.</summary>
    public SqliteConnection Deliveries { get; }

    public Lock Delivering { get; } = new();

    /// <summary>Opens a connection that sees what was committed before.</summary>
    public SqliteConnection OpenForReading()
    {
        var connection = new SqliteConnection(messages);
        connection.Open();
        return connection;
    }

    /// <summary>Deletes every message, and what is known of their deliveries.</summary>
    public void Reset()
    {
        lock (Writing)
            Writer.Execute(
                "BEGIN IMMEDIATE; DELETE FROM messages; DELETE FROM changes; INSERT INTO message_terms (message_terms) VALUES ('delete-all'); COMMIT");
        lock (Delivering)
            Deliveries.Execute("DELETE FROM delivered; DELETE FROM failed");
    }

    public void Dispose()
    {
        Writer.Dispose();
        Deliveries.Dispose();
    }

    internal static SqliteConnection OpenWriter(string folder) => Open(Connect(folder, "messages-store.db"), "FULL");

    /// <summary>The file answers at once, on the thread that asks.</summary>
    /// <exception cref="StoreUnavailableException">It does not.</exception>
    public static T TranslateFaults<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException fault)
        {
            throw new StoreUnavailableException("The message store is unavailable.", fault);
        }
    }

    /// <summary>
    /// The messages may be those of a backup, older than the file of the watermarks. What comes next then has positions that were
    /// settled once, and must be delivered all the same.
    /// </summary>
    private void Rewind()
    {
        using var heads = Writer.Command(
            "SELECT (SELECT coalesce(max(position), 0) FROM messages), (SELECT coalesce(max(position), 0) FROM changes)");
        using var head = heads.ExecuteReader();
        head.Read();
        Deliveries.Execute(
            "UPDATE delivered SET created = min(created, @created), changed = min(changed, @changed) WHERE created > @created OR changed > @changed",
            ("@created", head.GetInt64(0)), ("@changed", head.GetInt64(1)));
    }

    private static string Connect(string folder, string file) =>
        new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, file), DefaultTimeout = 2 }.ToString();

    private static SqliteConnection Open(string connectionString, string synchronous)
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        connection.Execute($"PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}");
        return connection;
    }
}
