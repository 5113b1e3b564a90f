using MongoDB.Bson;
using MongoDB.Driver;

namespace Beat.Messaging.Messages.Tests.Store;

/// <summary>Suites on MongoDB run one after the other: what stands in for it on a small machine is slow for many.</summary>
[CollectionDefinition(Name)]
public sealed class MongoServer
{
    public const string Name = "mongodb";
}

[Collection(MongoServer.Name)]
public sealed class MongoMessageStoreTests : MessageStoreTests, IAsyncLifetime
{
    private string url = "";

    public async Task InitializeAsync() => url = await Servers.Mongo();

    public Task DisposeAsync() => Task.CompletedTask;

    private protected override OpenStore Open() => OpenStore.Mongo(url);

    [SkippableFact]
    public async Task A_document_drops_its_events_once_nobody_is_owed_them()
    {
        Store.Subscribe("one");
        await Append(Some.Text(Guid.NewGuid(), 1));
        var pending = await Store.Pending("one", 9);
        await Change((await Store.History.Get(pending.Events[0].GroupId, pending.Events[0].MessageId))!.Edited("Meanwhile"));
        // Settled was the creation; the change came after it was read.
        await pending.Settle();
        var again = await Store.Pending("one", 9);
        Assert.Equal([2], again.Events.Select(e => e.Revision));
        await again.Settle();
        await again.Settle();
        Assert.Empty((await Store.Pending("one", 9)).Events);
    }

    [SkippableFact]
    public async Task A_consumer_is_owed_what_it_wants_and_nothing_else()
    {
        Store.Subscribe("all");
        Store.Subscribe("edits of borrow messages", new HashSet<Type> { typeof(BorrowMessageSent), typeof(MessageEdited) });
        var group = Guid.NewGuid();
        await Append(Some.Text(group, 1));
        var borrow = await Append(Some.Borrow(group, 2, Guid.NewGuid()));
        var few = await Store.Pending("edits of borrow messages", 9);
        Assert.IsType<BorrowMessageSent>(Assert.Single(few.Events).Event);
        await few.Settle();

        var edited = await Change(borrow.Edited("Changed"));
        few = await Store.Pending("edits of borrow messages", 9);
        Assert.IsType<MessageEdited>(Assert.Single(few.Events).Event);
        await few.Settle();
        await Change(edited.Deleted());
        Assert.Empty((await Store.Pending("edits of borrow messages", 9)).Events);
        Assert.Equal([1, 1, 2, 3], (await Store.Pending("all", 9)).Events.Select(e => e.Revision).Order());
    }

    private protected override async Task AgeTerms(string term)
    {
        using var client = new MongoClient(url);
        var database = client.GetDatabase(MongoUrl.Create(url).DatabaseName);
        await database.GetCollection<BsonDocument>("group_messages").UpdateManyAsync(
            new BsonDocument("terms", new BsonDocument("$exists", true)),
            new BsonDocument("$set", new BsonDocument("terms", new BsonArray { term })));
        // As the version that did not count them left it.
        await database.GetCollection<BsonDocument>("group_messages_state").UpdateOneAsync(
            new BsonDocument("_id", "terms"),
            new BsonDocument { ["$set"] = new BsonDocument("more", false), ["$unset"] = new BsonDocument("version", "") });
    }

    [SkippableFact]
    public async Task A_frozen_server_is_an_unavailable_store_within_two_seconds_and_comes_back()
    {
        await using var server = await Servers.StartMongo();
        using var store = OpenStore.Mongo(server.Url);
        var group = Guid.NewGuid();
        Assert.Equal(1, await store.History.Append([Some.Text(group, 1)]));
        await server.Freeze();
        var asked = Environment.TickCount64;
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.History.Append([Some.Text(group, 2)]));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.History.Heads([group]));
        Assert.InRange(Environment.TickCount64 - asked, 0, 2 * 3000);
        server.Thaw();
        await Eventually(async () => (await store.History.Heads([group]))[group].Seq == 2);

        await server.Kill();
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.History.Append([Some.Text(group, 3)]));
        await server.Start();
        await Eventually(async () => await store.History.Append([Some.Text(group, 3)]) == 1);
    }

    private static Task Eventually(Func<Task<bool>> holds) => Until.True(
        async () =>
        {
            try
            {
                return await holds();
            }
            catch (StoreUnavailableException)
            {
                return false;
            }
        },
        "the store is back", TimeSpan.FromSeconds(30));
}
