using System.Text;
using System.Text.Json;
using Beat.Messaging.Messages.Events;
using Beat.Messaging.Messages.Search;
using Beat.Messaging.Shared.Hosting.Json;
using Beat.Messaging.Shared.Hosting.Text;
using Microsoft.Data.Sqlite;

namespace Beat.Messaging.Messages.Store;

/// <summary>
/// Messages in one SQLite file. Its single writer makes the order of positions the order of commits, so a consumer's pending events
/// are those above a watermark; the watermarks are in a file of their own that need not reach the disk at once, since losing one
/// means only that events are delivered again.
/// </summary>
internal sealed class SqliteMessageStore : IMessageStore, IDisposable
{
    private const string MessagesFile = "messages-store.db";

    private const string Columns =
        "group_id, seq, id, type, sender_id, content, mentions, reply_to, garment_id, borrow, client_message_id, request_hash, " +
        "inserted_at, edited_at, deleted_at, revision, changed, reactions, reply_to_sender";

    private const int ColumnCount = 19;

    /// <summary>Each entry brings the schema from its index to the next version; never changed once released.</summary>
    private static readonly string[] Migrations =
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
        ALTER TABLE messages ADD COLUMN reply_to_sender BLOB;
        UPDATE messages SET reply_to_sender = (SELECT a.sender_id FROM messages AS a WHERE a.id = messages.reply_to AND a.sender_id <> zeroblob(16))
            WHERE reply_to IS NOT NULL;
        """,
    ];

    private const string DeliverySchema =
        """
        CREATE TABLE IF NOT EXISTS delivered (consumer TEXT PRIMARY KEY, created INTEGER NOT NULL, changed INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS parked (
            consumer TEXT NOT NULL, event_id BLOB NOT NULL, group_id BLOB NOT NULL, message_id BLOB NOT NULL, revision INTEGER NOT NULL,
            kind TEXT NOT NULL, payload TEXT NOT NULL, occurred_at INTEGER NOT NULL, error TEXT NOT NULL,
            PRIMARY KEY (consumer, event_id));
        """;

    private readonly string connectionString;
    private readonly SqliteConnection writer;
    private readonly SqliteConnection deliveries;
    private readonly Lock writing = new();
    private readonly Lock delivering = new();
    private readonly SqliteCommand insert;
    private readonly SqliteCommand index;

    /// <param name="folder">Where the files are made.</param>
    public SqliteMessageStore(string folder)
    {
        connectionString = Connect(folder, MessagesFile);
        writer = OpenWriter(folder);
        writer.CreateFunction("terms_of", (byte[] groupId, string content) => Terms(new Guid(groupId, bigEndian: true), SearchTerms.Of(content)));
        Migrate();
        insert = writer.CreateCommand();
        insert.CommandText = $"INSERT INTO messages ({Columns}) VALUES ({string.Join(", ", Enumerable.Range(0, ColumnCount).Select(i => $"@{i}"))})";
        for (var i = 0; i < ColumnCount; i++)
            insert.Parameters.Add(new SqliteParameter { ParameterName = $"@{i}" });
        insert.Prepare();
        index = writer.CreateCommand();
        index.CommandText = "INSERT INTO message_terms (rowid, terms) VALUES (last_insert_rowid(), @terms)";
        index.Parameters.Add(new SqliteParameter { ParameterName = "@terms" });
        index.Prepare();
        deliveries = Open(Connect(folder, "messages-deliveries.db"), "NORMAL");
        Execute(deliveries, DeliverySchema);
        Rewind();
    }

    public ValueTask<int> Append(IReadOnlyList<Message> batch) => TranslateFaultsAsync(() =>
    {
        lock (writing)
        {
            using var transaction = writer.BeginTransaction();
            insert.Transaction = transaction;
            index.Transaction = transaction;
            try
            {
                foreach (var message in batch)
                {
                    Bind(insert.Parameters, message);
                    insert.ExecuteNonQuery();
                    if (SearchTerms.Of(message.Content) is { Count: > 0 } terms)
                    {
                        index.Parameters[0].Value = Terms(message.GroupId, terms);
                        index.ExecuteNonQuery();
                    }
                }
            }
            catch (SqliteException taken) when (taken.SqliteExtendedErrorCode is 2067 or 1555)
            {
                transaction.Rollback();
                return 0;
            }
            transaction.Commit();
            return batch.Count;
        }
    });

    public ValueTask<IReadOnlyList<Message>> FindSent(IEnumerable<SendKey> keys) => TranslateFaultsAsync<IReadOnlyList<Message>>(() =>
    {
        using var db = OpenForReading();
        using var command = Query(db, $"SELECT {Columns} FROM messages WHERE group_id = @group AND sender_id = @sender AND client_message_id = @client");
        var (group, sender, client) = (Add(command, "@group"), Add(command, "@sender"), Add(command, "@client"));
        var found = new List<Message>();
        foreach (var key in keys)
        {
            (group.Value, sender.Value, client.Value) = (Blob(key.GroupId), Blob(key.SenderId), key.ClientMessageId);
            found.AddRange(ReadAll(command));
        }
        return found;
    });

    public ValueTask<IReadOnlyDictionary<Guid, GroupHead>> Heads(IEnumerable<Guid> groupIds) => TranslateFaultsAsync<IReadOnlyDictionary<Guid, GroupHead>>(() =>
    {
        using var db = OpenForReading();
        using var command = Query(db,
            """
            SELECT (SELECT max(seq) FROM messages WHERE group_id = @group),
                   (SELECT max(changed) FROM messages WHERE group_id = @group AND changed IS NOT NULL)
            """);
        var group = Add(command, "@group");
        var heads = new Dictionary<Guid, GroupHead>();
        foreach (var groupId in groupIds)
        {
            group.Value = Blob(groupId);
            using var row = command.ExecuteReader();
            if (row.Read() && !row.IsDBNull(0))
                heads[groupId] = new GroupHead(row.GetInt64(0), row.IsDBNull(1) ? 0 : row.GetInt64(1));
        }
        return heads;
    });

    public ValueTask<Message?> Get(Guid groupId, Guid messageId) => TranslateFaultsAsync(() =>
    {
        using var db = OpenForReading();
        using var command = Query(db, $"SELECT {Columns} FROM messages WHERE id = @id AND group_id = @group");
        (Add(command, "@id").Value, Add(command, "@group").Value) = (Blob(messageId), Blob(groupId));
        return ReadAll(command).SingleOrDefault();
    });

    public ValueTask<IReadOnlyList<Message>> GetMany(IReadOnlyCollection<Guid> groupIds, IReadOnlyCollection<Guid> messageIds) => TranslateFaultsAsync<IReadOnlyList<Message>>(() =>
    {
        using var db = OpenForReading();
        using var command = Query(db, $"SELECT {Columns} FROM messages WHERE id = @id");
        var id = Add(command, "@id");
        var groups = groupIds.ToHashSet();
        var found = new List<Message>(messageIds.Count);
        foreach (var messageId in messageIds)
        {
            id.Value = Blob(messageId);
            found.AddRange(ReadAll(command).Where(message => groups.Contains(message.GroupId)));
        }
        return found;
    });

    public ValueTask<IReadOnlyList<Message>> Read(MessageQuery query) => TranslateFaultsAsync<IReadOnlyList<Message>>(() =>
    {
        using var db = OpenForReading();
        using var command = Query(db, Sql(query));
        Add(command, "@group").Value = Blob(query.GroupId);
        Add(command, "@limit").Value = query.Limit;
        Add(command, "@from").Value = query.Before ?? query.After ?? query.ChangedAfter?.Changed ?? 0;
        Add(command, "@seq").Value = query.ChangedAfter?.Seq ?? 0;
        Add(command, "@type").Value = (int)(query.Type ?? 0);
        Add(command, "@garment").Value = query.GarmentId is { } garment ? Blob(garment) : DBNull.Value;
        // Terms are letters and digits; each in quotes, with a star after them, is a prefix.
        Add(command, "@terms").Value = string.Join(" AND ", query.Terms.Select(alternatives =>
            $"({string.Join(" OR ", alternatives.Select(term => $"\"{Terms(query.GroupId, [term])}\" *"))})"));
        return ReadAll(command);
    });

    public ValueTask<Message?> Change(Message next, IIntegrationEvent happened, DateTimeOffset now) => TranslateFaultsAsync(() =>
    {
        lock (writing)
        {
            using var transaction = writer.BeginTransaction();
            using var note = Query(writer,
                """
                INSERT INTO changes (after, event_id, group_id, message_id, revision, kind, payload, occurred_at, content_before, mentions_before)
                SELECT (SELECT max(position) FROM messages), @event, group_id, id, @revision, @kind, @payload, @at, content, mentions
                FROM messages WHERE id = @id AND revision = @revision - 1
                """);
            note.Transaction = transaction;
            Add(note, "@event").Value = Blob(Guid.CreateVersion7(now));
            Add(note, "@id").Value = Blob(next.Id);
            Add(note, "@revision").Value = next.Revision;
            Add(note, "@kind").Value = MessageEventFactory.KindOf(happened);
            Add(note, "@payload").Value = JsonSerializer.Serialize(happened, happened.GetType(), WireJson.Options);
            Add(note, "@at").Value = now.ToUnixTimeMilliseconds();
            if (note.ExecuteNonQuery() == 0)
                return null;
            using var update = Query(writer,
                """
                UPDATE messages SET content = @content, mentions = @mentions, reactions = @reactions, edited_at = @edited, deleted_at = @deleted,
                    revision = @revision, changed = max(@now, 1 + coalesce(
                        (SELECT max(changed) FROM messages WHERE group_id = @group AND changed IS NOT NULL), 0))
                WHERE id = @id
                RETURNING changed
                """);
            update.Transaction = transaction;
            Add(update, "@content").Value = (object?)next.Content ?? DBNull.Value;
            Add(update, "@mentions").Value = Blob(next.Mentions);
            Add(update, "@reactions").Value = Json(next.Reactions);
            Add(update, "@edited").Value = Time(next.EditedAt);
            Add(update, "@deleted").Value = Time(next.DeletedAt);
            Add(update, "@revision").Value = next.Revision;
            Add(update, "@now").Value = ChangeCursor.At(now);
            Add(update, "@group").Value = Blob(next.GroupId);
            Add(update, "@id").Value = Blob(next.Id);
            var changed = (long)update.ExecuteScalar()!;
            using var reindex = Query(writer,
                """
                DELETE FROM message_terms WHERE rowid = (SELECT position FROM messages WHERE id = @id);
                INSERT INTO message_terms (rowid, terms) SELECT position, @terms FROM messages WHERE id = @id AND @terms <> '';
                """);
            reindex.Transaction = transaction;
            Add(reindex, "@id").Value = Blob(next.Id);
            Add(reindex, "@terms").Value = Terms(next.GroupId, SearchTerms.Of(next.Content));
            reindex.ExecuteNonQuery();
            transaction.Commit();
            return next with { Changed = changed };
        }
    });

    public ValueTask<Message?> RecordMove(Guid groupId, Guid messageId, long move, DateTimeOffset now) => TranslateFaultsAsync(() =>
    {
        lock (writing)
        {
            using var update = Query(writer,
                $"""
                UPDATE messages SET borrow_move = @move, revision = revision + 1, changed = max(@now, 1 + coalesce(
                        (SELECT max(changed) FROM messages WHERE group_id = @group AND changed IS NOT NULL), 0))
                WHERE id = @id AND group_id = @group AND borrow_move < @move
                RETURNING {Columns}
                """);
            Add(update, "@move").Value = move;
            Add(update, "@now").Value = ChangeCursor.At(now);
            Add(update, "@group").Value = Blob(groupId);
            Add(update, "@id").Value = Blob(messageId);
            return ReadAll(update).SingleOrDefault();
        }
    });

    public ValueTask<Guid> Epoch() => TranslateFaultsAsync(() =>
    {
        using var db = OpenForReading();
        using var command = Query(db, "SELECT id FROM epoch");
        return command.ExecuteScalar() is byte[] id ? new Guid(id, bigEndian: true) : throw new InvalidOperationException("The store has no epoch.");
    });

    public ValueTask<Guid> Renew() => TranslateFaultsAsync(() =>
    {
        lock (writing)
        {
            var renewed = Guid.NewGuid();
            using var command = Query(writer, "DELETE FROM epoch; INSERT INTO epoch (id) VALUES (@id)");
            Add(command, "@id").Value = Blob(renewed);
            command.ExecuteNonQuery();
            return renewed;
        }
    });

    public void Subscribe(string consumer, IReadOnlySet<Type>? wanted = null) => TranslateFaults(() =>
    {
        lock (writing)
        {
            using var command = Query(writer,
                "INSERT INTO consumers (name, created, changed) SELECT @consumer, "
                + "(SELECT coalesce(max(position), 0) FROM messages), (SELECT coalesce(max(position), 0) FROM changes) "
                + "WHERE NOT EXISTS (SELECT 1 FROM consumers WHERE name = @consumer)");
            Add(command, "@consumer").Value = consumer;
            return command.ExecuteNonQuery();
        }
    });

    public ValueTask<PendingEvents> Pending(string consumer, int limit) => TranslateFaultsAsync(() =>
    {
        using var db = OpenForReading();
        var (created, changed) = Watermark(consumer, db);
        var events = new List<PendingEvent>();
        using (var command = Query(db, $"SELECT {Columns}, position FROM messages WHERE position > @created ORDER BY position LIMIT @limit"))
        {
            Add(command, "@created").Value = created;
            Add(command, "@limit").Value = limit;
            using var row = command.ExecuteReader();
            while (row.Read())
            {
                var message = ReadRow(row);
                if (message.Revision > 1)
                    message = AsFirstSent(db, message);
                created = row.GetInt64(ColumnCount);
                events.Add(new PendingEvent(message.Id, message.GroupId, message.Id, 1, message.InsertedAt, MessageEventFactory.Created(message)));
            }
        }
        // A change waits until its message's creation was taken.
        using (var command = Query(db,
            "SELECT position, event_id, group_id, message_id, revision, kind, payload, occurred_at FROM changes " +
            "WHERE position > @changed AND after <= @created ORDER BY position LIMIT @limit"))
        {
            Add(command, "@changed").Value = changed;
            Add(command, "@created").Value = created;
            Add(command, "@limit").Value = limit;
            using var row = command.ExecuteReader();
            while (row.Read())
            {
                changed = row.GetInt64(0);
                events.Add(new PendingEvent(
                    Id(row, 1), Id(row, 2), Id(row, 3), row.GetInt32(4), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(7)),
                    MessageEventFactory.Read(row.GetString(5), row.GetString(6))));
            }
        }
        return new PendingEvents(events, async () => await Settle(consumer, created, changed));
    });

    private ValueTask<int> Settle(string consumer, long createdUpTo, long changedUpTo) => TranslateFaultsAsync(() =>
    {
        lock (delivering)
        {
            using var command = Query(deliveries,
                "INSERT INTO delivered (consumer, created, changed) VALUES (@consumer, @created, @changed) " +
                "ON CONFLICT (consumer) DO UPDATE SET created = @created, changed = @changed");
            Add(command, "@consumer").Value = consumer;
            Add(command, "@created").Value = createdUpTo;
            Add(command, "@changed").Value = changedUpTo;
            return command.ExecuteNonQuery();
        }
    });

    public async ValueTask Prune(DateTimeOffset before) => await TranslateFaultsAsync(() =>
    {
        using var db = OpenForReading();
        var consumers = Consumers(db);
        if (consumers.Count == 0)
            return 0;
        var settled = consumers.Min(consumer => Watermark(consumer, db).Changed);
        lock (writing)
        {
            using var command = Query(writer, "DELETE FROM changes WHERE position <= @settled AND occurred_at < @before");
            Add(command, "@settled").Value = settled;
            Add(command, "@before").Value = before.ToUnixTimeMilliseconds();
            return command.ExecuteNonQuery();
        }
    });

    public async ValueTask Park(string consumer, PendingEvent failed, string error) => await TranslateFaultsAsync(() =>
    {
        lock (delivering)
        {
            using var command = Query(deliveries,
                "INSERT OR REPLACE INTO parked (consumer, event_id, group_id, message_id, revision, kind, payload, occurred_at, error) " +
                "VALUES (@consumer, @event, @group, @message, @revision, @kind, @payload, @at, @error)");
            Add(command, "@consumer").Value = consumer;
            Add(command, "@event").Value = Blob(failed.EventId);
            Add(command, "@group").Value = Blob(failed.GroupId);
            Add(command, "@message").Value = Blob(failed.MessageId);
            Add(command, "@revision").Value = failed.Revision;
            Add(command, "@kind").Value = MessageEventFactory.KindOf(failed.Event);
            Add(command, "@payload").Value = JsonSerializer.Serialize(failed.Event, failed.Event.GetType(), WireJson.Options);
            Add(command, "@at").Value = failed.OccurredAt.ToUnixTimeMilliseconds();
            Add(command, "@error").Value = error;
            return command.ExecuteNonQuery();
        }
    });

    public ValueTask<IReadOnlyList<(string Consumer, PendingEvent Event, string Error)>> Parked() => TranslateFaultsAsync<IReadOnlyList<(string, PendingEvent, string)>>(() =>
    {
        lock (delivering)
        {
            using var command = Query(deliveries, "SELECT event_id, group_id, message_id, revision, occurred_at, kind, payload, consumer, error FROM parked ORDER BY rowid");
            using var row = command.ExecuteReader();
            var parked = new List<(string, PendingEvent, string)>();
            while (row.Read())
            {
                parked.Add((row.GetString(7), new PendingEvent(
                    Id(row, 0), Id(row, 1), Id(row, 2), row.GetInt32(3), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)),
                    MessageEventFactory.Read(row.GetString(5), row.GetString(6))), row.GetString(8)));
            }
            return parked;
        }
    });

    public ValueTask<(long Depth, DateTimeOffset? Oldest)> Owed() => TranslateFaultsAsync<(long, DateTimeOffset?)>(() =>
    {
        using var db = OpenForReading();
        var consumers = Consumers(db);
        if (consumers.Count == 0)
            return (0, null);
        var watermarks = consumers.ConvertAll(consumer => Watermark(consumer, db));
        using var command = Query(db,
            """
            SELECT (SELECT count(*) FROM (SELECT 1 FROM messages WHERE position > @created LIMIT 100000))
                 + (SELECT count(*) FROM (SELECT 1 FROM changes WHERE position > @changed LIMIT 100000)),
                   (SELECT min(at) FROM (
                       SELECT * FROM (SELECT inserted_at AS at FROM messages WHERE position > @created ORDER BY position LIMIT 1)
                       UNION ALL SELECT * FROM (SELECT occurred_at FROM changes WHERE position > @changed ORDER BY position LIMIT 1)))
            """);
        Add(command, "@created").Value = watermarks.Min(mark => mark.Created);
        Add(command, "@changed").Value = watermarks.Min(mark => mark.Changed);
        using var row = command.ExecuteReader();
        row.Read();
        return (Math.Min(row.GetInt64(0), 100_000), row.IsDBNull(1) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)));
    });

    public ValueTask<bool> FillTerms(int limit) => TranslateFaultsAsync(() =>
    {
        lock (writing)
        {
            var made = Made();
            if (made is { Version: SearchText.Version, UpTo: null })
                return false;
            using var transaction = writer.BeginTransaction();
            using var fill = Query(writer,
                """
                DELETE FROM message_terms WHERE rowid IN (SELECT position FROM messages WHERE position > @after ORDER BY position LIMIT @limit);
                INSERT INTO message_terms (rowid, terms) SELECT position, terms FROM (
                    SELECT position, terms_of(group_id, content) AS terms FROM (SELECT * FROM messages WHERE position > @after ORDER BY position LIMIT @limit)
                    WHERE content IS NOT NULL) WHERE terms <> '';
                DELETE FROM terms_made;
                INSERT INTO terms_made (version, up_to) SELECT @version, CASE WHEN count(*) = @limit THEN max(position) END
                    FROM (SELECT position FROM messages WHERE position > @after ORDER BY position LIMIT @limit)
                RETURNING up_to;
                """);
            fill.Transaction = transaction;
            Add(fill, "@after").Value = made is { Version: SearchText.Version, UpTo: { } upTo } ? upTo : 0L;
            Add(fill, "@limit").Value = limit;
            Add(fill, "@version").Value = SearchText.Version;
            var more = fill.ExecuteScalar() is long;
            transaction.Commit();
            return more;
        }
    });

    private (int Version, long? UpTo)? Made()
    {
        using var command = Query(writer, "SELECT version, up_to FROM terms_made");
        using var row = command.ExecuteReader();
        return row.Read() ? (row.GetInt32(0), row.IsDBNull(1) ? null : row.GetInt64(1)) : null;
    }

    public ValueTask Ping() => new(TranslateFaultsAsync(() =>
    {
        using var db = OpenForReading();
        using var command = Query(db, "SELECT 1");
        return command.ExecuteScalar();
    }).AsTask());

    public async ValueTask Unpark(string consumer, Guid eventId) => await TranslateFaultsAsync(() =>
    {
        lock (delivering)
        {
            using var command = Query(deliveries, "DELETE FROM parked WHERE consumer = @consumer AND event_id = @event");
            Add(command, "@consumer").Value = consumer;
            Add(command, "@event").Value = Blob(eventId);
            return command.ExecuteNonQuery();
        }
    });

    public ValueTask Reset()
    {
        lock (writing)
            Execute(writer, "BEGIN IMMEDIATE; DELETE FROM messages; DELETE FROM changes; INSERT INTO message_terms (message_terms) VALUES ('delete-all'); COMMIT");
        lock (delivering)
            Execute(deliveries, "DELETE FROM delivered; DELETE FROM parked");
        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        insert.Dispose();
        index.Dispose();
        writer.Dispose();
        deliveries.Dispose();
    }

    /// <summary>The statement of a page; every one is a bounded scan of one index.</summary>
    internal static string Sql(MessageQuery query)
    {
        // Unary plus: a garment narrows more than a type does, and changes are few; the other indexes are for those.
        var type = query switch
        {
            { Type: null } => "",
            { GarmentId: not null } or { ChangedAfter: not null } or { Terms.Count: > 0 } => " AND +type = @type",
            _ => " AND type = @type",
        };
        var narrowed = type + (query.GarmentId is null ? ""
            : query is { ChangedAfter: null, Terms.Count: 0 } ? " AND garment_id = @garment" : " AND +garment_id = @garment");
        if (query.Terms.Count > 0)
            return Find(query, narrowed);
        var from = $"SELECT {Columns} FROM messages WHERE group_id = @group{narrowed}";
        return query switch
        {
            { ChangedAfter: not null } => $"{from} AND changed IS NOT NULL AND (changed, seq) > (@from, @seq) ORDER BY changed, seq LIMIT @limit",
            { After: not null } => $"{from} AND seq > @from ORDER BY seq LIMIT @limit",
            { Before: not null } => $"{from} AND seq < @from ORDER BY seq DESC LIMIT @limit",
            _ => $"{from} ORDER BY seq DESC LIMIT @limit",
        };
    }

    /// <summary>In the order of positions, which within a group is that of seq: so a page ends when it is full.</summary>
    private static string Find(MessageQuery query, string narrowed)
    {
        var found = $"SELECT {Columns} FROM message_terms AS t CROSS JOIN messages AS m ON m.position = t.rowid "
            + $"WHERE t.message_terms MATCH @terms AND m.group_id = @group{narrowed}";
        const string Before = "(SELECT position FROM messages WHERE group_id = @group AND seq >= @from ORDER BY seq LIMIT 1)";
        const string After = "(SELECT position FROM messages WHERE group_id = @group AND seq <= @from ORDER BY seq DESC LIMIT 1)";
        return query switch
        {
            { After: not null } => $"{found} AND t.rowid > coalesce({After}, 0) ORDER BY t.rowid LIMIT @limit",
            { Before: not null } => $"{found} AND t.rowid < coalesce({Before}, 9223372036854775807) ORDER BY t.rowid DESC LIMIT @limit",
            _ => $"{found} ORDER BY t.rowid DESC LIMIT @limit",
        };
    }

    private void Migrate()
    {
        using var version = Query(writer, "PRAGMA user_version");
        for (var next = Convert.ToInt32(version.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture); next < Migrations.Length; next++)
            Execute(writer, $"BEGIN IMMEDIATE; {Migrations[next]}; PRAGMA user_version = {next + 1}; COMMIT");
        using var epoch = Query(writer, "INSERT INTO epoch (id) SELECT @id WHERE NOT EXISTS (SELECT 1 FROM epoch)");
        Add(epoch, "@id").Value = Blob(Guid.NewGuid());
        epoch.ExecuteNonQuery();
    }

    /// <summary>The message before its first change: what its creation tells.</summary>
    private static Message AsFirstSent(SqliteConnection db, Message message)
    {
        using var command = Query(db, "SELECT content_before, mentions_before FROM changes WHERE message_id = @id ORDER BY revision LIMIT 1");
        Add(command, "@id").Value = Blob(message.Id);
        using var row = command.ExecuteReader();
        return row.Read()
            ? message with { Content = row.GetString(0), Mentions = row.IsDBNull(1) ? [] : Ids((byte[])row.GetValue(1)), DeletedAt = null }
            : message;
    }

    /// <summary>How far a consumer has settled; one that has not settled anything stands where it subscribed.</summary>
    private (long Created, long Changed) Watermark(string consumer, SqliteConnection db)
    {
        lock (delivering)
        {
            if (Position(deliveries, "SELECT created, changed FROM delivered WHERE consumer = @consumer", consumer) is { } settled)
                return settled;
        }
        return Position(db, "SELECT created, changed FROM consumers WHERE name = @consumer", consumer)
            ?? throw new InvalidOperationException($"The consumer {consumer} has not subscribed.");
    }

    private static List<string> Consumers(SqliteConnection db)
    {
        var consumers = new List<string>();
        using var names = Query(db, "SELECT name FROM consumers");
        using var row = names.ExecuteReader();
        while (row.Read())
            consumers.Add(row.GetString(0));
        return consumers;
    }

    private static (long Created, long Changed)? Position(SqliteConnection db, string sql, string consumer)
    {
        using var command = Query(db, sql);
        Add(command, "@consumer").Value = consumer;
        using var row = command.ExecuteReader();
        return row.Read() ? (row.GetInt64(0), row.GetInt64(1)) : null;
    }

    /// <summary>
    /// The messages may be those of a backup, older than the file of the watermarks. What comes next then has positions that were
    /// settled once, and must be delivered all the same.
    /// </summary>
    private void Rewind()
    {
        using var heads = Query(writer, "SELECT (SELECT coalesce(max(position), 0) FROM messages), (SELECT coalesce(max(position), 0) FROM changes)");
        using var head = heads.ExecuteReader();
        head.Read();
        using var command = Query(deliveries,
            "UPDATE delivered SET created = min(created, @created), changed = min(changed, @changed) WHERE created > @created OR changed > @changed");
        Add(command, "@created").Value = head.GetInt64(0);
        Add(command, "@changed").Value = head.GetInt64(1);
        command.ExecuteNonQuery();
    }

    private static void Bind(SqliteParameterCollection parameters, Message message)
    {
        parameters[0].Value = Blob(message.GroupId);
        parameters[1].Value = message.Seq;
        parameters[2].Value = Blob(message.Id);
        parameters[3].Value = (int)message.Type;
        parameters[4].Value = Blob(message.SenderId);
        parameters[5].Value = (object?)message.Content ?? DBNull.Value;
        parameters[6].Value = Blob(message.Mentions);
        parameters[7].Value = message.ReplyTo is { } reply ? Blob(reply) : DBNull.Value;
        parameters[8].Value = message.GarmentId is { } garment ? Blob(garment) : DBNull.Value;
        parameters[9].Value = message.Borrow is { } borrow ? JsonSerializer.Serialize(borrow, WireJson.Options) : DBNull.Value;
        parameters[10].Value = message.ClientMessageId;
        parameters[11].Value = message.RequestHash;
        parameters[12].Value = message.InsertedAt.ToUnixTimeMilliseconds();
        parameters[13].Value = Time(message.EditedAt);
        parameters[14].Value = Time(message.DeletedAt);
        parameters[15].Value = message.Revision;
        parameters[16].Value = message.Changed is { } changed ? changed : DBNull.Value;
        parameters[17].Value = Json(message.Reactions);
        parameters[18].Value = message.ReplyToSenderId is { } author ? Blob(author) : DBNull.Value;
    }

    private static Message ReadRow(SqliteDataReader row) => new()
    {
        GroupId = Id(row, 0),
        Seq = row.GetInt64(1),
        Id = Id(row, 2),
        Type = (MessageType)row.GetInt32(3),
        SenderId = Id(row, 4),
        Content = row.IsDBNull(5) ? null : row.GetString(5),
        Mentions = row.IsDBNull(6) ? [] : Ids((byte[])row.GetValue(6)),
        ReplyTo = row.IsDBNull(7) ? null : Id(row, 7),
        GarmentId = row.IsDBNull(8) ? null : Id(row, 8),
        Borrow = row.IsDBNull(9) ? null : JsonSerializer.Deserialize<BorrowProposal>(row.GetString(9), WireJson.Options),
        ClientMessageId = row.GetString(10),
        RequestHash = (byte[])row.GetValue(11),
        InsertedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(12)),
        EditedAt = row.IsDBNull(13) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(13)),
        DeletedAt = row.IsDBNull(14) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(14)),
        Revision = row.GetInt32(15),
        Changed = row.IsDBNull(16) ? null : row.GetInt64(16),
        Reactions = row.IsDBNull(17)
            ? []
            : [.. JsonSerializer.Deserialize<List<StoredReaction>>(row.GetString(17), WireJson.Options)!.Select(r => new Reaction(r.Emoji, Ids(r.By)))],
        ReplyToSenderId = row.IsDBNull(18) ? null : Id(row, 18),
    };

    private static List<Message> ReadAll(SqliteCommand command)
    {
        var messages = new List<Message>();
        using var row = command.ExecuteReader();
        while (row.Read())
            messages.Add(ReadRow(row));
        return messages;
    }

    /// <summary>As the index has them: every one after the group that it is of, which has 32 digits.</summary>
    private static string Terms(Guid groupId, IReadOnlyList<string> terms)
    {
        if (terms.Count == 0)
            return "";
        Span<char> group = stackalloc char[32];
        groupId.TryFormat(group, out _, "N");
        var text = new StringBuilder(terms.Count * 48);
        foreach (var term in terms)
            text.Append(group).Append(term).Append(' ');
        return text.Remove(text.Length - 1, 1).ToString();
    }

    /// <param name="By">Ids, 16 bytes each: thousands may react.</param>
    private sealed record StoredReaction(string Emoji, byte[] By);

    private static object Json(IReadOnlyList<Reaction> reactions) => reactions.Count == 0
        ? DBNull.Value
        : JsonSerializer.Serialize(reactions.Select(r => new StoredReaction(r.Emoji, (byte[])Blob(r.ProfileIds))), WireJson.Options);

    private static byte[] Blob(Guid id) => id.ToByteArray(bigEndian: true);

    private static object Blob(IReadOnlyList<Guid> ids)
    {
        if (ids.Count == 0)
            return DBNull.Value;
        var bytes = new byte[16 * ids.Count];
        for (var i = 0; i < ids.Count; i++)
            ids[i].TryWriteBytes(bytes.AsSpan(16 * i), bigEndian: true, out _);
        return bytes;
    }

    private static Guid[] Ids(byte[] bytes)
    {
        var ids = new Guid[bytes.Length / 16];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = new Guid(bytes.AsSpan(16 * i, 16), bigEndian: true);
        return ids;
    }

    private static Guid Id(SqliteDataReader row, int column) => new((byte[])row.GetValue(column), bigEndian: true);

    private static object Time(DateTimeOffset? time) => time is { } at ? at.ToUnixTimeMilliseconds() : DBNull.Value;

    private static string Connect(string folder, string file) =>
        new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, file), DefaultTimeout = 2 }.ToString();

    internal static SqliteConnection OpenWriter(string folder) => Open(Connect(folder, MessagesFile), "FULL");

    private SqliteConnection OpenForReading()
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        return connection;
    }

    private static SqliteConnection Open(string connectionString, string synchronous)
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        Execute(connection, $"PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}");
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = Query(connection, sql);
        command.ExecuteNonQuery();
    }

    private static SqliteCommand Query(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private static SqliteParameter Add(SqliteCommand command, string name)
    {
        var parameter = new SqliteParameter { ParameterName = name };
        command.Parameters.Add(parameter);
        return parameter;
    }

    /// <summary>The file answers at once, on the thread that asks.</summary>
    private static ValueTask<T> TranslateFaultsAsync<T>(Func<T> work) => new(TranslateFaults(work));

    private static T TranslateFaults<T>(Func<T> work)
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
}
