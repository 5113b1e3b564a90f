using System.Text.Json;
using Beat.Messaging.Messages.Store.Sqlite;
using Beat.Messaging.Shared.Hosting.Json;
using Microsoft.Data.Sqlite;

namespace Beat.Messaging.Messages.Tests.Store;

/// <summary>Files of a test's own.</summary>
internal sealed class SqliteFiles : IDisposable
{
    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("beat-messages-");

    public OpenStore Open() => OpenStore.Sqlite(Folder.FullName);

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Folder.Delete(recursive: true);
    }
}

public sealed class SqliteMessageStoreTests : MessageStoreTests
{
    private readonly SqliteFiles files = new();

    private string File => Path.Combine(files.Folder.FullName, "messages-store.db");

    private protected override OpenStore Open() => files.Open();

    public override void Dispose()
    {
        base.Dispose();
        files.Dispose();
    }

    public static TheoryData<string> Pages => new(Queries.Keys);

    private static readonly Dictionary<string, (MessageQuery Query, string Index)> Queries = new()
    {
        ["newest"] = (new(Guid.NewGuid(), 20), "messages_seq (group_id=?)"),
        ["before"] = (new(Guid.NewGuid(), 20) { Before = 5 }, "messages_seq (group_id=? AND seq<?)"),
        ["after"] = (new(Guid.NewGuid(), 20) { After = 5 }, "messages_seq (group_id=? AND seq>?)"),
        ["changed since"] =
            (new(Guid.NewGuid(), 20) { ChangedAfter = (5, 1) }, "messages_changed (group_id=? AND (changed,seq)>(?,?))"),
        ["changed since, of a type"] = (
            new(Guid.NewGuid(), 20) { ChangedAfter = (5, 1), Type = MessageType.Borrow },
            "messages_changed (group_id=? AND (changed,seq)>(?,?))"),
        ["changed since, of a garment"] = (
            new(Guid.NewGuid(), 20) { ChangedAfter = (5, 1), GarmentId = Guid.NewGuid() },
            "messages_changed (group_id=? AND (changed,seq)>(?,?))"),
        ["of a type"] = (new(Guid.NewGuid(), 20) { Type = MessageType.System }, "messages_type (group_id=? AND type=?)"),
        ["before, of a type"] =
            (new(Guid.NewGuid(), 20) { Before = 5, Type = MessageType.Text }, "messages_type (group_id=? AND type=? AND seq<?)"),
        ["of a garment"] =
            (new(Guid.NewGuid(), 20) { GarmentId = Guid.NewGuid() }, "messages_borrow (group_id=? AND garment_id=?)"),
        ["after, of a type and a garment"] = (
            new(Guid.NewGuid(), 20) { After = 5, Type = MessageType.Borrow, GarmentId = Guid.NewGuid() },
            "messages_borrow (group_id=? AND garment_id=? AND seq>?)"),
    };

    [Theory, MemberData(nameof(Pages))]
    public async Task A_page_is_read_from_one_index_in_its_order(string name)
    {
        var (query, index) = Queries[name];
        await Fill(3);
        var plan = Plan(SqliteMessageHistory.Sql(query));
        // One step: no sort, and no scan of the table.
        Assert.Equal([$"SEARCH messages USING INDEX {index}"], plan);
    }

    public static TheoryData<string> Searches => new("newest", "before", "after");

    [Theory, MemberData(nameof(Searches))]
    public async Task A_search_reads_the_index_of_words_in_its_order_and_only_what_it_finds(string name)
    {
        await Fill(3);
        var query = Queries[name].Query with { Terms = [["rain", "reign"]], Type = MessageType.Text };
        var plan = Plan(SqliteMessageHistory.Sql(query));
        Assert.StartsWith("SCAN t VIRTUAL TABLE INDEX", plan[0]);
        Assert.Contains("SEARCH m USING INTEGER PRIMARY KEY (rowid=?)", plan);
        Assert.DoesNotContain("SCAN m", plan);
        Assert.DoesNotContain(plan, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Messages_of_a_version_that_could_not_search_are_found()
    {
        var group = Guid.NewGuid();
        await Append(Some.Text(group, 1, content: "Há um casacão"));
        await Change((await Append(Some.Text(group, 2, content: "casaco"))).Deleted());
        Store.Dispose();
        using (var before = new SqliteConnection($"Data Source={File}"))
        {
            before.Open();
            Ask(before, "DROP TABLE message_terms");
            Ask(before, "DROP TABLE terms_made");
            Ask(before, "ALTER TABLE messages DROP COLUMN reactions");
            Ask(before, "ALTER TABLE messages DROP COLUMN reply_to_sender_id");
            Ask(before, "PRAGMA user_version = 3");
        }
        SqliteConnection.ClearAllPools();
        var found = await Reopen().History.Read(new MessageQuery(group, 9) { Terms = [["casac"]] });
        Assert.Equal([1], found.Select(m => m.Seq));
    }

    [Fact]
    public async Task Messages_of_a_version_that_did_not_note_whom_they_answer_do_so_now()
    {
        var group = Guid.NewGuid();
        var question = await Append(Some.Text(group, 1));
        var answer = await Append(Some.Text(group, 2, replyTo: question.Id));
        var notice = await Append(Some.System(group, 3));
        var toNotice = await Append(Some.Text(group, 4, replyTo: notice.Id));
        await Change(question.Deleted());
        Store.Dispose();
        using (var before = new SqliteConnection($"Data Source={File}"))
        {
            before.Open();
            Ask(before, "ALTER TABLE messages DROP COLUMN reply_to_sender_id");
            Ask(before, "PRAGMA user_version = 5");
        }
        SqliteConnection.ClearAllPools();
        var store = Reopen().History;
        Assert.Equal(question.SenderId, (await store.Get(group, answer.Id))!.ReplyToSenderId);
        Assert.Null((await store.Get(group, toNotice.Id))!.ReplyToSenderId);
        Assert.Null((await store.Get(group, question.Id))!.ReplyToSenderId);
    }

    [Fact]
    public async Task The_position_of_an_event_is_reached_without_a_scan()
    {
        await Fill(3);
        Assert.Equal(
            ["SEARCH messages USING INTEGER PRIMARY KEY (rowid>?)"],
            Plan("SELECT * FROM messages WHERE position > @from ORDER BY position LIMIT @limit"));
    }

    [Fact]
    public async Task Losing_the_file_of_the_watermarks_delivers_again_and_loses_nothing()
    {
        Store.Subscribe("one");
        await Fill(3);
        await (await Store.Pending("one", 9)).Settle();
        Store.Dispose();
        SqliteConnection.ClearAllPools();
        foreach (var file in files.Folder.GetFiles("messages-deliveries.db*"))
            file.Delete();
        Assert.Equal(3, (await Reopen().Pending("one", 9)).Events.Count);
    }

    [Fact]
    public async Task After_an_older_backup_of_the_messages_nothing_new_is_missed()
    {
        Store.Subscribe("one");
        var group = Guid.NewGuid();
        await Append(Some.Text(group, 1));
        await (await Store.Pending("one", 9)).Settle();
        Store.Dispose();
        SqliteConnection.ClearAllPools();
        System.IO.File.Copy(File, File + ".backup");

        await Reopen().History.Append([Some.Text(group, 2), Some.Text(group, 3)]);
        await Change((await Store.History.Read(new MessageQuery(group, 1)))[0].Edited("Lost with the disk"));
        await (await Store.Pending("one", 9)).Settle();
        Store.Dispose();
        SqliteConnection.ClearAllPools();
        foreach (var file in files.Folder.GetFiles("messages-store.db-*"))
            file.Delete();
        System.IO.File.Copy(File + ".backup", File, overwrite: true);

        await Reopen().History.Append([Some.Text(group, 2)]);
        await Change((await Store.History.Read(new MessageQuery(group, 1)))[0].Edited("New"));
        Assert.Equal(2, (await Store.Pending("one", 9)).Events.Count);
    }

    [Fact]
    public async Task What_an_earlier_version_parked_is_parked()
    {
        Store.Subscribe("one");
        var message = await Append(Some.Text(Guid.NewGuid(), 1, content: "Poison"));
        await (await Store.Pending("one", 9)).Settle();
        Store.Dispose();
        SqliteConnection.ClearAllPools();
        using (var before = new SqliteConnection($"Data Source={Path.Combine(files.Folder.FullName, "messages-deliveries.db")}"))
        {
            before.Open();
            Ask(before, "DROP TABLE failed");
            Ask(before, $"{SqliteMessageSchema.Deliveries[0]} PRAGMA user_version = 0");
            using var park = before.CreateCommand();
            park.CommandText = "INSERT INTO parked VALUES ('one', @id, @group, @id, 1, 'text', @payload, 0, 'cannot be read')";
            park.Parameters.AddWithValue("@id", message.Id.ToByteArray(bigEndian: true));
            park.Parameters.AddWithValue("@group", message.GroupId.ToByteArray(bigEndian: true));
            park.Parameters.AddWithValue(
                "@payload", JsonSerializer.Serialize((TextMessageSent)MessageEventFactory.Created(message), WireJson.Options));
            park.ExecuteNonQuery();
        }
        SqliteConnection.ClearAllPools();
        var parked = Assert.Single(await Reopen().Outbox.ReadParked(9, default));
        Assert.Equal(
            (message.Id, "text_message", "one", "cannot be read"),
            (parked.EventId, parked.EventType, parked.Subscriber, parked.Error));
        await Store.Outbox.Replay(Some.Now, default);
        Assert.Equal("Poison", ((TextMessageSent)Assert.Single((await Store.Pending("one", 9)).Events).Event).Content);
    }

    [Fact]
    public async Task Someone_else_holding_the_file_is_an_unavailable_store_within_its_time_limit_and_readers_go_on()
    {
        var message = await Append(Some.Text(Guid.NewGuid(), 1));
        using var other = new SqliteConnection($"Data Source={File}");
        other.Open();
        using (var held = other.BeginTransaction())
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(
                async () => await Store.History.Append([Some.Text(Guid.NewGuid(), 1)]));
            AssertSame(message, await Store.History.Get(message.GroupId, message.Id));
        }
        await Append(Some.Text(Guid.NewGuid(), 1));
    }

    [Fact]
    public async Task Every_commit_reaches_the_disk()
    {
        using var connection = SqliteMessageDatabase.OpenWriter(files.Folder.FullName);
        Assert.Equal("wal", Ask(connection, "PRAGMA journal_mode"));
        Assert.Equal("2", Ask(connection, "PRAGMA synchronous"));
    }

    private List<string> Plan(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"EXPLAIN QUERY PLAN {sql}";
        foreach (var parameter in new[] { "@group", "@limit", "@from", "@seq", "@type", "@garment", "@terms" })
            command.Parameters.AddWithValue(parameter, 1);
        using var row = command.ExecuteReader();
        var steps = new List<string>();
        while (row.Read())
            steps.Add(row.GetString(3));
        return steps;
    }

    private protected override Task AgeTerms(string term)
    {
        Store.Dispose();
        using (var db = new SqliteConnection($"Data Source={File}"))
        {
            db.Open();
            Ask(db, "CREATE TEMP TABLE aged AS SELECT rowid AS position FROM message_terms");
            Ask(db, "INSERT INTO message_terms (message_terms) VALUES ('delete-all')");
            Ask(
                db,
                $"INSERT INTO message_terms (rowid, terms) SELECT m.position, lower(hex(m.group_id)) || '{term}' FROM aged JOIN messages m USING (position) WHERE m.content LIKE '%{(char)0xDF}%'");
            Ask(db, $"UPDATE terms_made SET version = version - 1");
        }
        SqliteConnection.ClearAllPools();
        Reopen();
        return Task.CompletedTask;
    }

    private static string? Ask(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar()?.ToString();
    }
}
