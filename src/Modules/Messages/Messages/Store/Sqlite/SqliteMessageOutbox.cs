using System.Text.Json;
using Beat.Messaging.Messages.Events;
using Beat.Messaging.Shared.Events;
using Beat.Messaging.Shared.Hosting.Json;
using Microsoft.Data.Sqlite;
using static Beat.Messaging.Messages.Store.Sqlite.SqliteMessageRows;

namespace Beat.Messaging.Messages.Store.Sqlite;

/// <summary>
/// Pending events by watermark: the order of positions is that of commits, so a consumer has not taken what is above the two
/// positions, of messages and of changes, that it has settled. What failed is a row of its own.
/// </summary>
internal sealed class SqliteMessageOutbox(SqliteMessageDatabase database, EventRegistry registry) : MessageOutbox(registry)
{
    private const int MaxCounted = 100_000;
    private const string FailedColumns =
        "event_id, group_id, message_id, revision, kind, payload, occurred_at, attempts, consumer, error";

    public override void Subscribe(string consumer, IReadOnlySet<Type>? wanted = null) =>
        SqliteMessageDatabase.TranslateFaults(() =>
    {
        lock (database.Writing)
        {
            return database.Writer.Execute(
                """
                INSERT INTO consumers (name, created, changed)
                SELECT @consumer, (SELECT coalesce(max(position), 0) FROM messages), (SELECT coalesce(max(position), 0) FROM changes)
                WHERE NOT EXISTS (SELECT 1 FROM consumers WHERE name = @consumer)
                """,
                ("@consumer", StoredName(consumer)));
        }
    });

    public override Task<IReadOnlyCollection<string>> ReadConsumers(DateTimeOffset now, CancellationToken ct) =>
        Run<IReadOnlyCollection<string>>(() =>
    {
        using var db = database.OpenForReading();
        var head = ReadMarks(
            db,
            "SELECT 'head', (SELECT coalesce(max(position), 0) FROM messages), (SELECT coalesce(max(position), 0) FROM changes)")["head"];
        var behind = Watermarks(db).Where(mark => mark.Value.Created < head.Created || mark.Value.Changed < head.Changed)
            .Select(mark => ConsumerOf(mark.Key)).ToHashSet();
        lock (database.Delivering)
        {
            using var command = database.Deliveries.Command(
                "SELECT DISTINCT consumer FROM failed WHERE due_at <= @now", ("@now", now));
            using var row = command.ExecuteReader();
            while (row.Read())
                behind.Add(ConsumerOf(row.GetString(0)));
        }
        return behind;
    });

    public override Task<PendingBatch> ReadPending(string consumer, DateTimeOffset now, int limit, CancellationToken ct) =>
        Run(() =>
    {
        var events = ReadFailed("WHERE consumer = @consumer AND due_at <= @now ORDER BY rowid LIMIT @limit",
            ("@consumer", StoredName(consumer)), ("@now", now), ("@limit", limit)).ConvertAll(failed =>
                ToPending(failed.Event, failed.Attempts, new Position(failed.Event, Created: 0, Changed: 0)));
        var failedCount = events.Count;
        using var db = database.OpenForReading();
        if (!Watermarks(db).TryGetValue(StoredName(consumer), out var mark))
            throw new InvalidOperationException($"The consumer {consumer} has not subscribed.");
        var created = ReadCreated(db, mark.Created, limit).ToList();
        events.AddRange(created);
        // A change waits until its message's creation was taken.
        var upTo = created.Count == 0 ? mark.Created : ((Position)created[^1].Position!).Created;
        var changed = ReadChanged(db, mark.Changed, upTo, limit).ToList();
        events.AddRange(changed);
        return new PendingBatch(events, failedCount == limit || created.Count == limit || changed.Count == limit);
    });

    public override Task Settle(
        string consumer, IReadOnlyList<PendingEvent> taken, IReadOnlyList<FailedDelivery> failed, CancellationToken ct) =>
            Run(() =>
    {
        var all = taken.Concat(failed.Select(f => f.Event)).Select(one => (Position)one.Position!).ToList();
        if (all.Count == 0)
            return 0;
        var (created, changed) = (all.Max(position => position.Created), all.Max(position => position.Changed));
        Watermark start;
        using (var db = database.OpenForReading())
            start = Watermarks(db)[StoredName(consumer)];
        lock (database.Delivering)
        {
            using var transaction = database.Deliveries.BeginTransaction();
            foreach (var one in taken.Where(one => ((Position)one.Position!).WasFailed))
                database.Deliveries.Execute(
                    "DELETE FROM failed WHERE consumer = @consumer AND event_id = @event", ("@consumer", StoredName(consumer)),
                    ("@event", one.EventId));
            foreach (var one in failed)
                Postpone(StoredName(consumer), ((Position)one.Event.Position!).Event, one);
            database.Deliveries.Execute(
                """
                INSERT INTO delivered (consumer, created, changed) VALUES (@consumer, max(@created, @fromCreated), max(@changed, @fromChanged))
                ON CONFLICT (consumer) DO UPDATE SET created = max(created, @created), changed = max(changed, @changed)
                """,
                ("@consumer", StoredName(consumer)), ("@created", created), ("@changed", changed),
                ("@fromCreated", start.Created), ("@fromChanged", start.Changed));
            transaction.Commit();
        }
        return all.Count;
    });

    public override Task Prune(DateTimeOffset before, CancellationToken ct) => Run(() =>
    {
        using var db = database.OpenForReading();
        var marks = Watermarks(db);
        if (marks.Count == 0)
            return 0;
        lock (database.Writing)
        {
            return database.Writer.Execute(
                "DELETE FROM changes WHERE position <= @settled AND occurred_at < @before",
                ("@settled", marks.Values.Min(mark => mark.Changed)), ("@before", before));
        }
    });

    /// <summary>Counts what is above the lowest watermark.</summary>
    public override Task<Backlog> ReadBacklog(CancellationToken ct) => Run(() =>
    {
        using var db = database.OpenForReading();
        var marks = Watermarks(db);
        if (marks.Count == 0)
            return new Backlog(Name, 0, null);
        using var command = db.Command(
            """
            SELECT (SELECT count(*) FROM (SELECT 1 FROM messages WHERE position > @created LIMIT @limit))
                 + (SELECT count(*) FROM (SELECT 1 FROM changes WHERE position > @changed LIMIT @limit)),
                   (SELECT min(at) FROM (
                       SELECT * FROM (SELECT inserted_at AS at FROM messages WHERE position > @created ORDER BY position LIMIT 1)
                       UNION ALL SELECT * FROM (SELECT occurred_at FROM changes WHERE position > @changed ORDER BY position LIMIT 1)))
            """,
            ("@created", marks.Values.Min(mark => mark.Created)), ("@changed", marks.Values.Min(mark => mark.Changed)),
            ("@limit", MaxCounted));
        using var row = command.ExecuteReader();
        row.Read();
        var (pending, oldest) = (row.GetInt64(0), row.IsDBNull(1) ? (DateTimeOffset?)null : row.Time(1));
        lock (database.Delivering)
        {
            using var failed = database.Deliveries.Command(
                "SELECT count(*), min(occurred_at) FROM failed WHERE due_at IS NOT NULL");
            using var counted = failed.ExecuteReader();
            counted.Read();
            return new Backlog(
                Name, Math.Min(pending + counted.GetInt64(0), MaxCounted),
                counted.IsDBNull(1) ? oldest : new[] { oldest, counted.Time(1) }.Min());
        }
    });

    public override Task<int> CountParked(CancellationToken ct) => Run(() =>
    {
        lock (database.Delivering)
        {
            using var command = database.Deliveries.Command("SELECT count(*) FROM failed WHERE due_at IS NULL");
            return (int)(long)command.ExecuteScalar()!;
        }
    });

    public override Task<IReadOnlyList<ParkedEvent>> ReadParked(int limit, CancellationToken ct) =>
        Run<IReadOnlyList<ParkedEvent>>(() =>
        ReadFailed("WHERE due_at IS NULL ORDER BY rowid LIMIT @limit", ("@limit", limit))
            .ConvertAll(parked => ToParked(parked.Event, parked.Consumer, parked.Error)));

    public override Task<int> Replay(DateTimeOffset now, CancellationToken ct) => Run(() =>
    {
        lock (database.Delivering)
            return database.Deliveries.Execute(
                "UPDATE failed SET attempts = 0, due_at = @now WHERE due_at IS NULL", ("@now", now));
    });

    private IEnumerable<PendingEvent> ReadCreated(SqliteConnection db, long after, int limit)
    {
        using var command = db.Command(
            $"SELECT {Columns}, position FROM messages WHERE position > @after ORDER BY position LIMIT @limit", ("@after", after),
            ("@limit", limit));
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            var message = Read(row);
            if (message.Revision > 1)
                message = AsFirstSent(db, message);
            var created = new MessageEvent(
                message.Id, message.GroupId, message.Id, 1, message.InsertedAt, MessageEventFactory.Created(message));
            yield return ToPending(created, attempts: 0, new Position(created, row.GetInt64(ColumnCount), Changed: 0));
        }
    }

    private IEnumerable<PendingEvent> ReadChanged(SqliteConnection db, long after, long createdUpTo, int limit)
    {
        using var command = db.Command(
            """
            SELECT event_id, group_id, message_id, revision, kind, payload, occurred_at, position FROM changes
            WHERE position > @changed AND after <= @created ORDER BY position LIMIT @limit
            """,
            ("@changed", after), ("@created", createdUpTo), ("@limit", limit));
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            var changed = ReadEvent(row);
            yield return ToPending(changed, attempts: 0, new Position(changed, Created: 0, row.GetInt64(7)));
        }
    }

    /// <summary>The message before its first change: what its creation tells.</summary>
    private static Message AsFirstSent(SqliteConnection db, Message message)
    {
        using var command = db.Command(
            "SELECT content_before, mentions_before FROM changes WHERE message_id = @id ORDER BY revision LIMIT 1",
            ("@id", message.Id));
        using var row = command.ExecuteReader();
        return row.Read()
            ? message with
            {
                Content = row.GetString(0),
                Mentions = row.IsDBNull(1) ? [] : SqliteCommands.Ids((byte[])row.GetValue(1)),
                DeletedAt = null
            }
            : message;
    }

    private static MessageEvent ReadEvent(SqliteDataReader row) => new(
        row.Id(0), row.Id(1), row.Id(2), row.GetInt32(3), row.Time(6),
        MessageEventFactory.Read(row.GetString(4), row.GetString(5)));

    private List<(MessageEvent Event, int Attempts, string Consumer, string Error)> ReadFailed(
        string which, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var failed = new List<(MessageEvent, int, string, string)>();
        lock (database.Delivering)
        {
            using var command = database.Deliveries.Command($"SELECT {FailedColumns} FROM failed {which}", parameters);
            using var row = command.ExecuteReader();
            while (row.Read())
                failed.Add((ReadEvent(row), row.GetInt32(7), row.GetString(8), row.GetString(9)));
        }
        return failed;
    }

    private void Postpone(string storedName, MessageEvent failed, FailedDelivery outcome) => database.Deliveries.Execute(
        $"""
        INSERT INTO failed ({FailedColumns}, due_at)
        VALUES (@event, @group, @message, @revision, @kind, @payload, @at, @attempts, @consumer, @error, @due)
        ON CONFLICT (consumer, event_id) DO UPDATE SET attempts = @attempts, error = @error, due_at = @due
        """,
        ("@event", failed.EventId), ("@group", failed.GroupId), ("@message", failed.MessageId), ("@revision", failed.Revision),
        ("@kind", MessageEventFactory.KindOf(failed.Event)),
        ("@payload", JsonSerializer.Serialize(failed.Event, failed.Event.GetType(), WireJson.Options)),
        ("@at", failed.OccurredAt), ("@attempts", outcome.Attempts), ("@consumer", storedName), ("@error", outcome.Error),
        ("@due", outcome.DueAt));

    /// <summary>How far each consumer has settled; one that has not settled anything stands where it subscribed.</summary>
    private Dictionary<string, Watermark> Watermarks(SqliteConnection db)
    {
        var marks = ReadMarks(db, "SELECT name, created, changed FROM consumers");
        lock (database.Delivering)
        {
            foreach (var (consumer, settled) in ReadMarks(
                database.Deliveries, "SELECT consumer, created, changed FROM delivered"))
                marks[consumer] = settled;
        }
        return marks;
    }

    private static Dictionary<string, Watermark> ReadMarks(SqliteConnection db, string sql)
    {
        var marks = new Dictionary<string, Watermark>();
        using var command = db.Command(sql);
        using var row = command.ExecuteReader();
        while (row.Read())
            marks[row.GetString(0)] = new Watermark(row.GetInt64(1), row.GetInt64(2));
        return marks;
    }

    /// <summary>The file answers at once, on the thread that asks.</summary>
    private static Task<T> Run<T>(Func<T> work) => Task.FromResult(SqliteMessageDatabase.TranslateFaults(work));

    /// <param name="Created">Of the last message.</param>
    /// <param name="Changed">Of the last change.</param>
    private readonly record struct Watermark(long Created, long Changed);

    /// <summary>Where an event is: one of the positions, or neither of an event that failed before.</summary>
    private sealed record Position(MessageEvent Event, long Created, long Changed)
    {
        public bool WasFailed => Created == 0 && Changed == 0;
    }
}
