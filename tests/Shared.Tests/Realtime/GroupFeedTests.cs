namespace Beat.Messaging.Shared.Tests.Realtime;

public sealed class GroupFeedTests
{
    private readonly GroupFeed feed = Feeds.Alone();
    private readonly Guid group = Guid.NewGuid();

    [Fact]
    public async Task Batch_is_one_write_of_several_records_per_connection()
    {
        var (anna, ben) = (Joined(), Joined());

        feed.PushNumbered(group, "MessageReceived", 1, Payloads("""{"seq":1}""", """{"seq":2}""", """{"seq":3}"""));

        string[] expected = ["""MessageReceived {"seq":1}""", """MessageReceived {"seq":2}""", """MessageReceived {"seq":3}"""];
        Assert.Equal(expected, await anna.Read(3));
        Assert.Equal(expected, await ben.Read(3));
        Assert.Equal((1, 1), (anna.Writes, ben.Writes));
    }

    [Fact]
    public async Task Payload_of_a_single_push_is_snake_case_and_keeps_its_characters()
    {
        var anna = Joined();

        feed.Push(group, "GroupUpdated", new { GroupId = 1, Name = "Größe <b> \u001e" });

        Assert.Equal(["""GroupUpdated {"group_id":1,"name":"Größe <b> \u001E"}"""], await anna.Read(1));
    }

    [Fact]
    public async Task Only_the_groups_subscribers_are_written_to()
    {
        var (here, elsewhere) = (Joined(), new PipeClient());
        feed.Begin(elsewhere.Connection, Guid.NewGuid()).Activate();

        feed.Push(group, "A", 1);
        feed.Push(Guid.NewGuid(), "B", 2);

        Assert.Equal(["A 1"], await here.ReadAll());
        Assert.Empty(await elsewhere.ReadAll());
    }

    [Fact]
    public async Task Pushes_keep_the_order_of_the_calls_while_the_client_is_slow_and_others_come_and_go()
    {
        var anna = Joined();
        var filler = new string('x', 1000);
        using var stop = new CancellationTokenSource();
        var crowd = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                var passing = Joined();
                feed.Disconnected(passing.Connection);
            }
        });

        // 900 KB: more than the transport takes, less than the limit.
        for (var i = 0; i < 900; i++)
            feed.Push(group, "N", new { I = i, Filler = filler });
        var read = await anna.Read(900);
        await stop.CancelAsync();
        await crowd;

        Assert.Equal(Enumerable.Range(0, 900).Select(i => $$"""N {"i":{{i}},"filler":"{{filler}}"}"""), read);
        Assert.False(anna.Closed.IsCompleted);
    }

    [Fact]
    public async Task Concurrent_pushes_reach_all_connections_in_one_order()
    {
        var (anna, ben) = (Joined(), Joined());

        Parallel.For(0, 4, writer =>
        {
            for (var i = 0; i < 500; i++)
                feed.Push(group, "N", writer);
        });

        var seen = await anna.Read(2000);
        Assert.Equal(seen, await ben.Read(2000));
        Assert.Equal(4, seen.Distinct().Count());
    }

    [Fact]
    public async Task Pushes_are_held_until_the_join_is_active_and_then_come_in_order()
    {
        var anna = new PipeClient();

        var subscription = feed.Begin(anna.Connection, group);
        feed.Push(group, "N", 1);
        feed.PushNumbered(group, "N", 2, Payloads("2", "3"));
        Assert.Equal(0, anna.Writes);
        Assert.True(subscription.Activate());
        feed.Push(group, "N", 4);

        Assert.Equal(["N 1", "N 2", "N 3", "N 4"], await anna.Read(4));
    }

    [Fact]
    public async Task Dropped_join_gets_nothing()
    {
        var anna = new PipeClient();

        var subscription = feed.Begin(anna.Connection, group);
        feed.Push(group, "N", 1);
        subscription.Drop();
        feed.Push(group, "N", 2);

        Assert.False(subscription.Activate());
        Assert.Empty(await anna.ReadAll());
        Assert.Empty(feed.SubscribedGroups);
    }

    [Fact]
    public async Task Eviction_while_the_join_is_pending_refuses_it()
    {
        var anna = new PipeClient();

        var subscription = feed.Begin(anna.Connection, group);
        feed.Push(group, "N", 1);
        feed.Evict(group, anna.Connection.Caller.ProfileId);

        Assert.False(subscription.Activate());
        feed.Push(group, "N", 2);
        Assert.Empty(await anna.ReadAll());
    }

    [Fact]
    public async Task Second_join_keeps_the_first_and_nothing_comes_twice()
    {
        var anna = Joined();

        var again = feed.Begin(anna.Connection, group);
        feed.Push(group, "N", 1);
        Assert.True(again.Activate());
        feed.Push(group, "N", 2);

        Assert.Equal(["N 1", "N 2"], await anna.ReadAll());
    }

    [Fact]
    public async Task Evicted_person_gets_nothing_more_on_any_connection_and_others_do()
    {
        var profileId = Guid.NewGuid();
        var (phone, laptop, other) = (Joined(profileId), Joined(profileId), Joined());
        var elsewhere = Guid.NewGuid();
        feed.Begin(phone.Connection, elsewhere).Activate();

        feed.Push(group, "N", 1);
        feed.Evict(group, profileId);
        feed.Push(group, "N", 2);
        feed.Push(elsewhere, "Elsewhere", 3);

        Assert.Equal(["N 1", "Elsewhere 3"], await phone.ReadAll());
        Assert.Equal(["N 1"], await laptop.ReadAll());
        Assert.Equal(["N 1", "N 2"], await other.ReadAll());
    }

    [Fact]
    public async Task Eviction_takes_back_what_a_slow_client_has_not_taken()
    {
        var anna = Joined();
        var elsewhere = Guid.NewGuid();
        feed.Begin(anna.Connection, elsewhere).Activate();

        for (var i = 0; i < 10; i++)
        {
            feed.Push(group, "Evicted", new string('x', 50_000));
            feed.Push(elsewhere, "Kept", i);
        }
        feed.Evict(group, anna.Connection.Caller.ProfileId);
        var writes = anna.Writes;
        var read = await anna.ReadAll();

        // What was in the transport's hands already cannot be recalled: one filled it, one was on its way.
        Assert.Equal(2, read.Count(push => push.StartsWith('E')));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"Kept {i}"), read.Where(push => !push.StartsWith('E')));
        Assert.Equal(3, writes);
    }

    [Fact]
    public async Task Nothing_is_written_after_an_eviction_returns_however_busy_the_group_is()
    {
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
                feed.Push(group, "N", 1);
        });
        for (var round = 0; round < 500; round++)
        {
            var anna = Joined();
            feed.Evict(group, anna.Connection.Caller.ProfileId);
            var written = anna.Writes;
            var subscription = feed.Begin(anna.Connection, group);
            feed.EvictAll(group);
            Assert.False(subscription.Activate());
            Assert.Equal(written, anna.Writes);
        }
        await stop.CancelAsync();
        await writer;
        Assert.Empty(feed.SubscribedGroups);
    }

    [Fact]
    public async Task Leaving_ends_the_pushes_and_allows_another_join()
    {
        var anna = Joined();

        feed.Leave(anna.Connection, group);
        feed.Push(group, "N", 1);
        feed.Begin(anna.Connection, group).Activate();
        feed.Push(group, "N", 2);

        Assert.Equal(["N 2"], await anna.ReadAll());
    }

    [Fact]
    public async Task Client_that_leaves_more_than_the_limit_is_closed_and_may_come_back()
    {
        var (stuck, healthy) = (Joined(), Joined());

        // The transport takes 70 KB, 1,020 KB wait, and then it is too much.
        for (var i = 0; i < 130; i++)
        {
            feed.Push(group, "N", new string('x', 10_000));
            await healthy.Read(1);
        }
        await stuck.Closed.WaitAsync(TimeSpan.FromSeconds(10));
        var written = stuck.Writes;
        feed.Push(group, "N", 1);

        Assert.Equal(7, written);
        Assert.Equal(written, stuck.Writes);
        Assert.Single(await healthy.Read(1));
        Assert.False(healthy.Closed.IsCompleted);
    }

    [Fact]
    public async Task What_pending_joins_hold_counts_too_until_they_are_decided()
    {
        var anna = new PipeClient();
        var payload = new string('x', 600_000);

        for (var i = 0; i < 3; i++)
        {
            var dropped = feed.Begin(anna.Connection, group);
            feed.Push(group, "N", payload);
            dropped.Drop();
        }
        var (first, second) = (feed.Begin(anna.Connection, group), feed.Begin(anna.Connection, Guid.NewGuid()));
        feed.Push(group, "N", payload);
        Assert.True(second.Activate());
        Assert.False(anna.Closed.IsCompleted);
        feed.Push(group, "N", payload);

        await anna.Closed.WaitAsync(TimeSpan.FromSeconds(10));
        first.Activate();
        Assert.Equal(0, anna.Writes);
    }

    [Fact]
    public async Task Large_batch_alone_does_not_close_a_client_that_reads()
    {
        var anna = Joined();
        var payload = $"\"{new string('x', 2 * FeedConnection.MaxPendingBytes)}\"";

        feed.PushNumbered(group, "N", 1, Payloads(payload));
        feed.PushNumbered(group, "N", 2, Payloads(payload));

        Assert.Equal([$"N {payload}", $"N {payload}"], await anna.Read(2));
        Assert.False(anna.Closed.IsCompleted);
    }

    [Fact]
    public async Task Person_is_told_on_the_connections_whose_token_has_the_scope()
    {
        var profileId = Guid.NewGuid();
        var full = Connected(profileId, Scopes.NotificationView, Scopes.MessageView);
        var narrow = Connected(profileId, Scopes.MessageView);
        var stranger = Connected(Guid.NewGuid(), Scopes.NotificationView);

        feed.PushToPerson(profileId, "UnreadChanged", new { Unread = 3 }, Scopes.NotificationView);
        feed.PushToPerson(Guid.NewGuid(), "UnreadChanged", new { Unread = 4 }, Scopes.NotificationView);

        Assert.Equal(["""UnreadChanged {"unread":3}"""], await full.ReadAll());
        Assert.Empty(await narrow.ReadAll());
        Assert.Empty(await stranger.ReadAll());
    }

    [Fact]
    public async Task Connection_that_ended_is_forgotten_everywhere_and_cannot_join_again()
    {
        var profileId = Guid.NewGuid();
        var gone = Connected(profileId, Scopes.MessageView);
        feed.Begin(gone.Connection, group).Activate();
        var pending = feed.Begin(gone.Connection, Guid.NewGuid());

        feed.Disconnected(gone.Connection);
        var late = feed.Begin(gone.Connection, Guid.NewGuid());

        Assert.False(pending.Activate());
        Assert.False(late.Activate());
        Assert.Empty(feed.SubscribedGroups);
        var again = Connected(profileId, Scopes.MessageView);
        feed.PushToPerson(profileId, "N", 1, Scopes.MessageView);
        Assert.Equal(["N 1"], await again.ReadAll());
        Assert.Equal(0, gone.Writes);
    }

    [Fact]
    public void Subscribers_are_pairs_of_group_and_person()
    {
        var (profileId, elsewhere) = (Guid.NewGuid(), Guid.NewGuid());
        var (phone, laptop) = (Joined(profileId), Joined(profileId));
        feed.Begin(phone.Connection, elsewhere);

        Assert.Equal([(group, profileId), (elsewhere, profileId)], feed.Subscribers.OrderBy(pair => pair.GroupId != group));
        Assert.Equal([group, elsewhere], feed.SubscribedGroups.OrderBy(id => id != group));
        feed.Leave(laptop.Connection, group);
        Assert.True(feed.HasSubscribers(group));
        feed.Leave(phone.Connection, group);
        Assert.False(feed.HasSubscribers(group));
    }

    private PipeClient Connected(Guid profileId, params string[] scopes)
    {
        var client = new PipeClient(profileId, scopes);
        feed.Connected(client.Connection);
        return client;
    }

    private PipeClient Joined(Guid? profileId = null)
    {
        var client = new PipeClient(profileId);
        Assert.True(feed.Begin(client.Connection, group).Activate());
        return client;
    }

    private static ReadOnlyMemory<byte>[] Payloads(params string[] json) =>
        [.. json.Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text))];
}
