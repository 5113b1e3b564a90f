using System.Text.Json;
using Beat.Messaging.Messages.Events;
using Beat.Messaging.Messages.Search;
using Beat.Messaging.Shared.Hosting.Json;
using Beat.Messaging.Shared.Hosting.Text;
using Microsoft.Data.Sqlite;
using static Beat.Messaging.Messages.Store.Sqlite.SqliteMessageRows;

namespace Beat.Messaging.Messages.Store.Sqlite;

/// <summary>Messages in one SQLite file, whose single writer makes the order of positions the order of commits.</summary>
internal sealed class SqliteMessageHistory : IMessageHistory, IDisposable
{
    /// <summary>A change cursor: the larger of now and the largest of the group plus one.</summary>
    private const string NextChanged =
        "max(@now, 1 + coalesce((SELECT max(changed) FROM messages WHERE group_id = @group AND changed IS NOT NULL), 0))";

    private readonly SqliteMessageDatabase database;
    private readonly SqliteCommand insert;
    private readonly SqliteCommand index;

    public SqliteMessageHistory(SqliteMessageDatabase database)
    {
        this.database = database;
        insert = database.Writer.Command(
            $"INSERT INTO messages ({Columns}) VALUES ({string.Join(", ", Enumerable.Range(0, ColumnCount).Select(i => $"@{i}"))})");
        for (var i = 0; i < ColumnCount; i++)
            insert.Parameters.Add(new SqliteParameter { ParameterName = $"@{i}" });
        insert.Prepare();
        index = database.Writer.Command(
            "INSERT INTO message_terms (rowid, terms) VALUES (last_insert_rowid(), @terms)", ("@terms", null));
        index.Prepare();
    }

    public ValueTask<int> Append(IReadOnlyList<Message> batch) => Write(writer =>
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
    });

    public ValueTask<IReadOnlyList<Message>> FindSent(IEnumerable<SendKey> keys) => Read<IReadOnlyList<Message>>(db =>
    {
        using var command = db.Command(
            $"SELECT {Columns} FROM messages WHERE group_id = @group AND sender_id = @sender AND client_message_id = @client",
            ("@group", null), ("@sender", null), ("@client", null));
        var found = new List<Message>();
        foreach (var key in keys)
        {
            command.Set("@group", key.GroupId);
            command.Set("@sender", key.SenderId);
            command.Set("@client", key.ClientMessageId);
            found.AddRange(ReadAll(command));
        }
        return found;
    });

    public ValueTask<IReadOnlyDictionary<Guid, GroupHead>> Heads(IEnumerable<Guid> groupIds) =>
        Read<IReadOnlyDictionary<Guid, GroupHead>>(db =>
    {
        using var command = db.Command(
            """
            SELECT (SELECT max(seq) FROM messages WHERE group_id = @group),
                   (SELECT max(changed) FROM messages WHERE group_id = @group AND changed IS NOT NULL)
            """,
            ("@group", null));
        var heads = new Dictionary<Guid, GroupHead>();
        foreach (var groupId in groupIds)
        {
            command.Set("@group", groupId);
            using var row = command.ExecuteReader();
            if (row.Read() && !row.IsDBNull(0))
                heads[groupId] = new GroupHead(row.GetInt64(0), row.IsDBNull(1) ? 0 : row.GetInt64(1));
        }
        return heads;
    });

    public ValueTask<Message?> Get(Guid groupId, Guid messageId) => Read(db =>
    {
        using var command = db.Command(
            $"SELECT {Columns} FROM messages WHERE id = @id AND group_id = @group", ("@id", messageId), ("@group", groupId));
        return ReadAll(command).SingleOrDefault();
    });

    public ValueTask<IReadOnlyList<Message>> GetMany(IReadOnlyCollection<Guid> groupIds, IReadOnlyCollection<Guid> messageIds) =>
        Read<IReadOnlyList<Message>>(db =>
    {
        using var command = db.Command($"SELECT {Columns} FROM messages WHERE id = @id", ("@id", null));
        var groups = groupIds.ToHashSet();
        var found = new List<Message>(messageIds.Count);
        foreach (var messageId in messageIds)
        {
            command.Set("@id", messageId);
            found.AddRange(ReadAll(command).Where(message => groups.Contains(message.GroupId)));
        }
        return found;
    });

    public ValueTask<IReadOnlyList<Message>> Read(MessageQuery query) => Read<IReadOnlyList<Message>>(db =>
    {
        using var command = db.Command(
            Sql(query),
            ("@group", query.GroupId), ("@limit", query.Limit),
            ("@from", query.Before ?? query.After ?? query.ChangedAfter?.Changed ?? 0), ("@seq", query.ChangedAfter?.Seq ?? 0),
            ("@type", (int)(query.Type ?? 0)), ("@garment", query.GarmentId),
            // Terms are letters and digits; each in quotes, with a star after them, is a prefix.
            ("@terms", string.Join(" AND ", query.Terms.Select(alternatives =>
                $"({string.Join(" OR ", alternatives.Select(term => $"\"{Terms(query.GroupId, [term])}\" *"))})"))));
        return ReadAll(command);
    });

    public ValueTask<Message?> Change(Message next, IIntegrationEvent happened, DateTimeOffset now) => Write(writer =>
    {
        using var transaction = writer.BeginTransaction();
        var noted = writer.Execute(
            """
            INSERT INTO changes (after, event_id, group_id, message_id, revision, kind, payload, occurred_at, content_before, mentions_before)
            SELECT (SELECT max(position) FROM messages), @event, group_id, id, @revision, @kind, @payload, @at, content, mentions
            FROM messages WHERE id = @id AND revision = @revision - 1
            """,
            ("@event", Guid.CreateVersion7(now)), ("@id", next.Id), ("@revision", next.Revision),
            ("@kind", MessageEventFactory.KindOf(happened)),
            ("@payload", JsonSerializer.Serialize(happened, happened.GetType(), WireJson.Options)), ("@at", now));
        if (noted == 0)
            return null;
        using var update = writer.Command(
            $"""
            UPDATE messages SET content = @content, mentions = @mentions, reactions = @reactions, edited_at = @edited, deleted_at = @deleted,
                revision = @revision, changed = {NextChanged}
            WHERE id = @id
            RETURNING changed
            """,
            ("@content", next.Content), ("@mentions", next.Mentions), ("@reactions", Json(next.Reactions)),
            ("@edited", next.EditedAt), ("@deleted", next.DeletedAt), ("@revision", next.Revision),
            ("@now", ChangeCursor.At(now)), ("@group", next.GroupId), ("@id", next.Id));
        var changed = (long)update.ExecuteScalar()!;
        writer.Execute(
            """
            DELETE FROM message_terms WHERE rowid = (SELECT position FROM messages WHERE id = @id);
            INSERT INTO message_terms (rowid, terms) SELECT position, @terms FROM messages WHERE id = @id AND @terms <> '';
            """,
            ("@id", next.Id), ("@terms", Terms(next.GroupId, SearchTerms.Of(next.Content))));
        transaction.Commit();
        return next with { Changed = changed };
    });

    public ValueTask<Message?> RecordMove(Guid groupId, Guid messageId, long move, DateTimeOffset now) => Write(writer =>
    {
        using var update = writer.Command(
            $"""
            UPDATE messages SET borrow_move = @move, revision = revision + 1, changed = {NextChanged}
            WHERE id = @id AND group_id = @group AND borrow_move < @move
            RETURNING {Columns}
            """,
            ("@move", move), ("@now", ChangeCursor.At(now)), ("@group", groupId), ("@id", messageId));
        return ReadAll(update).SingleOrDefault();
    });

    public ValueTask<Guid> Epoch() => Read(db =>
    {
        using var command = db.Command("SELECT id FROM epoch");
        return command.ExecuteScalar() is byte[] id
            ? new Guid(id, bigEndian: true)
            : throw new InvalidOperationException("The store has no epoch.");
    });

    public ValueTask<Guid> Renew() => Write(writer =>
    {
        var renewed = Guid.NewGuid();
        writer.Execute("DELETE FROM epoch; INSERT INTO epoch (id) VALUES (@id)", ("@id", renewed));
        return renewed;
    });

    public ValueTask<bool> FillTerms(int limit) => Write(writer =>
    {
        var made = Made(writer);
        if (made is { Version: SearchText.Version, UpTo: null })
            return false;
        using var transaction = writer.BeginTransaction();
        using var fill = writer.Command(
            """
            DELETE FROM message_terms WHERE rowid IN (SELECT position FROM messages WHERE position > @after ORDER BY position LIMIT @limit);
            INSERT INTO message_terms (rowid, terms) SELECT position, terms FROM (
                SELECT position, terms_of(group_id, content) AS terms FROM (SELECT * FROM messages WHERE position > @after ORDER BY position LIMIT @limit)
                WHERE content IS NOT NULL) WHERE terms <> '';
            DELETE FROM terms_made;
            INSERT INTO terms_made (version, up_to) SELECT @version, CASE WHEN count(*) = @limit THEN max(position) END
                FROM (SELECT position FROM messages WHERE position > @after ORDER BY position LIMIT @limit)
            RETURNING up_to;
            """,
            ("@after", made is { Version: SearchText.Version, UpTo: { } upTo } ? upTo : 0L), ("@limit", limit),
            ("@version", SearchText.Version));
        var more = fill.ExecuteScalar() is long;
        transaction.Commit();
        return more;
    });

    public ValueTask Ping() => new(Read(db =>
    {
        using var command = db.Command("SELECT 1");
        return command.ExecuteScalar();
    }).AsTask());

    public ValueTask Reset()
    {
        database.Reset();
        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        insert.Dispose();
        index.Dispose();
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
            { ChangedAfter: not null } =>
                $"{from} AND changed IS NOT NULL AND (changed, seq) > (@from, @seq) ORDER BY changed, seq LIMIT @limit",
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
            { Before: not null } =>
                $"{found} AND t.rowid < coalesce({Before}, 9223372036854775807) ORDER BY t.rowid DESC LIMIT @limit",
            _ => $"{found} ORDER BY t.rowid DESC LIMIT @limit",
        };
    }

    private static (int Version, long? UpTo)? Made(SqliteConnection writer)
    {
        using var command = writer.Command("SELECT version, up_to FROM terms_made");
        using var row = command.ExecuteReader();
        return row.Read() ? (row.GetInt32(0), row.IsDBNull(1) ? null : row.GetInt64(1)) : null;
    }

    private ValueTask<T> Read<T>(Func<SqliteConnection, T> read) => new(SqliteMessageDatabase.TranslateFaults(() =>
    {
        using var db = database.OpenForReading();
        return read(db);
    }));

    private ValueTask<T> Write<T>(Func<SqliteConnection, T> write) => new(SqliteMessageDatabase.TranslateFaults(() =>
    {
        lock (database.Writing)
            return write(database.Writer);
    }));
}
