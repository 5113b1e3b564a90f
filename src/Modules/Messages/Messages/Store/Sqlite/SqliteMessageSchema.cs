using Microsoft.Data.Sqlite;

namespace Beat.Messaging.Messages.Store.Sqlite;

/// <summary>
/// The tables of both files. Each entry brings a file from its index to the next version; never changed once released.
/// </summary>
internal static class SqliteMessageSchema
{
    /// <summary>Messages, and what changed of them.</summary>
    public static readonly string[] Messages =
    [
        """
        CREATE TABLE messages (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            group_id BLOB NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL, type INTEGER NOT NULL, sender_id BLOB NOT NULL,
            content TEXT, mentions BLOB, reply_to BLOB, garment_id BLOB, borrow TEXT,
            client_message_id TEXT NOT NULL, request_hash BLOB NOT NULL,
            inserted_at INTEGER NOT NULL, edited_at INTEGER, deleted_at INTEGER, revision INTEGER NOT NULL, changed INTEGER);
        CREATE UNIQUE INDEX messages_seq ON messages (group_id, seq);
        CREATE UNIQUE INDEX messages_sent ON messages (group_id, sender_id, client_message_id);
        CREATE UNIQUE INDEX messages_id ON messages (id);
        CREATE INDEX messages_changed ON messages (group_id, changed, seq) WHERE changed IS NOT NULL;
        CREATE INDEX messages_borrow ON messages (group_id, garment_id, seq) WHERE garment_id IS NOT NULL;
        CREATE TABLE changes (
            position INTEGER PRIMARY KEY AUTOINCREMENT, after INTEGER NOT NULL, event_id BLOB NOT NULL, group_id BLOB NOT NULL,
            message_id BLOB NOT NULL, revision INTEGER NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL, occurred_at INTEGER NOT NULL,
            content_before TEXT, mentions_before BLOB);
        CREATE INDEX changes_of ON changes (message_id, revision);
        CREATE TABLE epoch (id BLOB NOT NULL);
        """,
        """
        CREATE INDEX messages_type ON messages (group_id, type, seq);
        CREATE TABLE consumers (name TEXT PRIMARY KEY, created INTEGER NOT NULL, changed INTEGER NOT NULL);
        """,
        "ALTER TABLE messages ADD COLUMN borrow_move INTEGER NOT NULL DEFAULT 0",
        // Terms only, each with its group before it: so a prefix is looked up among those of one group.
        """
        ALTER TABLE messages ADD COLUMN reactions TEXT;
        CREATE VIRTUAL TABLE message_terms USING fts5 (terms, content = '', contentless_delete = 1, detail = 'none', tokenize = 'ascii');
        INSERT INTO message_terms (rowid, terms) SELECT position, terms_of(group_id, content) FROM messages WHERE content IS NOT NULL;
        """,
        // What version of the tokenizer all messages have terms of, or up to which position.
        "CREATE TABLE terms_made (version INTEGER NOT NULL, up_to INTEGER)",
        """
        ALTER TABLE messages ADD COLUMN reply_to_sender_id BLOB;
        UPDATE messages SET reply_to_sender_id = (SELECT a.sender_id FROM messages AS a WHERE a.id = messages.reply_to AND a.sender_id <> zeroblob(16))
            WHERE reply_to IS NOT NULL;
        """,
    ];

    /// <summary>
    /// How far each consumer is, and what failed. A file of the versions before there were numbers has the tables of the first
    /// entry.
    /// </summary>
    public static readonly string[] Deliveries =
    [
        """
        CREATE TABLE IF NOT EXISTS delivered (consumer TEXT PRIMARY KEY, created INTEGER NOT NULL, changed INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS parked (
            consumer TEXT NOT NULL, event_id BLOB NOT NULL, group_id BLOB NOT NULL, message_id BLOB NOT NULL, revision INTEGER NOT NULL,
            kind TEXT NOT NULL, payload TEXT NOT NULL, occurred_at INTEGER NOT NULL, error TEXT NOT NULL,
            PRIMARY KEY (consumer, event_id));
        """,
        // Without a due time it is parked.
        """
        CREATE TABLE failed (
            consumer TEXT NOT NULL, event_id BLOB NOT NULL, group_id BLOB NOT NULL, message_id BLOB NOT NULL, revision INTEGER NOT NULL,
            kind TEXT NOT NULL, payload TEXT NOT NULL, occurred_at INTEGER NOT NULL, error TEXT NOT NULL, attempts INTEGER NOT NULL,
            due_at INTEGER, PRIMARY KEY (consumer, event_id));
        INSERT INTO failed SELECT consumer, event_id, group_id, message_id, revision, kind, payload, occurred_at, error, 10, NULL
            FROM parked ORDER BY rowid;
        DROP TABLE parked;
        """,
    ];

    /// <summary>Brings the file to the last version of <paramref name="migrations"/>.</summary>
    public static void Migrate(SqliteConnection connection, string[] migrations)
    {
        using var version = connection.Command("PRAGMA user_version");
        for (var next = Convert.ToInt32(
            version.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture); next < migrations.Length; next++)
            connection.Execute($"BEGIN IMMEDIATE; {migrations[next]}; PRAGMA user_version = {next + 1}; COMMIT");
    }
}
