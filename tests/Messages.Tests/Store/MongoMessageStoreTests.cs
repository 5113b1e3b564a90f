using Beat.Messaging.Messages.Contracts;
using Beat.Messaging.Messages.Store;
using Beat.Messaging.Shared.Infrastructure.Persistence;
using Beat.Messaging.TestKit;
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

    private protected override IMessageStore Open() => new MongoMessageStore(url);

    private protected override void Close(IMessageStore store) => ((MongoMessageStore)store).Dispose();

    [SkippableFact]
    public async Task A_document_drops_its_events_once_nobody_is_owed_them()
    {
        Store.Subscribe("one");
        await Append(Some.Text(Guid.NewGuid(), 1));
        var pending = await Store.Pending("one", 9);
        await Change((await Store.Get(pending.Events[0].GroupId, pending.Events[0].MessageId))!.Edited("Meanwhile"));
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
        Assert.IsType<BorrowMessageSent>(Assert.Single(few.Events).Happened);
        await few.Settle();

        var edited = await Change(borrow.Edited("Changed"));
        few = await Store.Pending("edits of borrow messages", 9);
        Assert.IsType<MessageEdited>(Assert.Single(few.Events).Happened);
        await few.Settle();
        await Change(edited.Deleted());
        Assert.Empty((await Store.Pending("edits of borrow messages", 9)).Events);
        Assert.Equal([1, 1, 2, 3], (await Store.Pending("all", 9)).Events.Select(e => e.Revision).Order());
    }

    [SkippableFact]
    public async Task Messages_of_a_version_that_could_not_search_are_found_once_they_are_filled_in()
    {
        var group = Guid.NewGuid();
        for (var seq = 1; seq <= 5; seq++)
            await Append(Some.Text(group, seq, content: seq == 3 ? "👍" : $"Casacão {seq}"));
        using (var client = new MongoClient(url))
        {
            await client.GetDatabase(MongoUrl.Create(url).DatabaseName).GetCollection<BsonDocument>("group_messages")
                .UpdateManyAsync(new BsonDocument(), new BsonDocument("$unset", new BsonDocument("terms", "")));
        }
        var query = new MessageQuery(group, 9) { Terms = ["casac"] };
        Assert.Empty(await Store.Read(query));
        while (await Store.FillTerms(2))
            Reopen();
        Assert.Equal([5, 4, 2, 1], (await Store.Read(query)).Select(m => m.Seq));
        Assert.False(await Store.FillTerms(2));
    }

    [SkippableFact]
    public async Task A_frozen_server_is_an_unavailable_store_within_two_seconds_and_comes_back()
    {
        await using var server = await Servers.StartMongo();
        using var store = new MongoMessageStore(server.Url);
        var group = Guid.NewGuid();
        Assert.Equal(1, await store.Append([Some.Text(group, 1)]));
        await server.Freeze();
        var asked = Environment.TickCount64;
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Append([Some.Text(group, 2)]));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Heads([group]));
        Assert.InRange(Environment.TickCount64 - asked, 0, 2 * 3000);
        server.Thaw();
        await Eventually(async () => (await store.Heads([group]))[group].Seq == 2);

        await server.Kill();
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Append([Some.Text(group, 3)]));
        await server.Start();
        await Eventually(async () => await store.Append([Some.Text(group, 3)]) == 1);
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
