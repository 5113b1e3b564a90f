namespace Beat.Messaging.Messages.Tests.Sending;

/// <summary>What a sequencer promises on every store; a class per store derives from this.</summary>
public abstract class SequencerTests
{
    private readonly Guid group = Guid.NewGuid();
    private readonly Guid ana = Guid.NewGuid();

    /// <summary>Opens what is stored once more, for another node.</summary>
    private protected abstract OpenStore Open();

    [SkippableFact]
    public async Task Sends_are_numbered_in_the_order_of_the_queue_and_handed_on_in_it()
    {
        await using var node = new Node(Open()).Start();
        var other = Guid.NewGuid();
        var sends = Enumerable.Range(0, 100).Select(i => node.Send(Some.Text(i % 3 == 0 ? other : group, content: $"{i}")))
            .ToList();
        var outcomes = (await Task.WhenAll(sends)).Select(o => o.Value).ToList();
        Assert.All(outcomes, o => Assert.False(o.Replayed));
        Assert.Equal(
            Enumerable.Range(1, 34).Select(i => (long)i), outcomes.Where((_, i) => i % 3 == 0).Select(o => o.Message.Seq));
        Assert.Equal(
            Enumerable.Range(1, 66).Select(i => (long)i), outcomes.Where((_, i) => i % 3 != 0).Select(o => o.Message.Seq));
        await node.Stop();
        Assert.Equal(Enumerable.Range(1, 34).Select(i => (long)i), node.Pushed[other].Select(m => m.Seq));
        Assert.Equal(Enumerable.Range(1, 66).Select(i => (long)i), node.Pushed[group].Select(m => m.Seq));
    }

    [SkippableFact]
    public async Task What_waits_goes_in_one_write()
    {
        await using var node = new Node(Open()).Start();
        await node.Hold(Some.Text(group));
        var sends = Enumerable.Range(0, 200).Select(_ => node.Send(Some.Text(Guid.NewGuid()))).ToList();
        node.Store.Open.Set();
        await Task.WhenAll(sends);
        Assert.Equal(2, node.Store.Appends);
    }

    [SkippableFact]
    public async Task A_repeat_is_answered_with_the_message_as_it_is_now()
    {
        await using var node = new Node(Open()).Start();
        var sent = (await node.Send(Some.Text(group, senderId: ana, clientId: "a"))).Value.Message;
        var edited =
            (await node.Store.Change(sent.Edited("Better"), MessageEventFactory.Edited(sent.Edited("Better")), Some.Now))!;
        var repeat = (await node.Send(Some.Text(group, senderId: ana, clientId: "a"))).Value;
        Assert.True(repeat.Replayed);
        Assert.Equal(
            (sent.Id, sent.Seq, "Better", edited.Changed),
            (repeat.Message.Id, repeat.Message.Seq, repeat.Message.Content, repeat.Message.Changed));

        var deleted = edited.Deleted();
        await node.Store.Change(deleted, MessageEventFactory.Deleted(deleted, ana), Some.Now);
        repeat = (await node.Send(Some.Text(group, senderId: ana, clientId: "a"))).Value;
        Assert.Equal(
            (true, sent.Id, (string?)null, 3),
            (repeat.Replayed, repeat.Message.Id, repeat.Message.Content, repeat.Message.Revision));

        // The text of the edit is another request than the one that was sent.
        Assert.Equal(
            "idempotency_conflict",
            (await node.Send(Some.Text(group, senderId: ana, clientId: "a", content: "Better"))).Problem?.Code);
        await node.Stop();
        Assert.Single(node.Pushed[group]);
    }

    [SkippableFact]
    public async Task Repeats_in_the_batch_of_their_original_wait_for_it()
    {
        await using var node = new Node(Open()).Start();
        await node.Hold(Some.Text(group));
        var original = node.Send(Some.Text(group, senderId: ana, clientId: "a"));
        var repeat = node.Send(Some.Text(group, senderId: ana, clientId: "a"));
        var conflict = node.Send(Some.Text(group, senderId: ana, clientId: "a", content: "Another"));
        var next = node.Send(Some.Text(group, senderId: ana, clientId: "b"));
        node.Store.Open.Set();
        Assert.Equal((false, 2), ((await original).Value.Replayed, (await original).Value.Message.Seq));
        Assert.Equal((true, (await original).Value.Message), ((await repeat).Value.Replayed, (await repeat).Value.Message));
        Assert.Equal("idempotency_conflict", (await conflict).Problem?.Code);
        Assert.Equal(3, (await next).Value.Message.Seq);
    }

    [SkippableFact]
    public async Task Repeats_among_new_ones_leave_no_gap()
    {
        await using var node = new Node(Open()).Start();
        await node.Send(Some.Text(group, senderId: ana, clientId: "a"));
        await node.Hold(Some.Text(group));
        var before = node.Send(Some.Text(group));
        var repeats = Enumerable.Range(0, 3).Select(_ => node.Send(Some.Text(group, senderId: ana, clientId: "a"))).ToList();
        var after = node.Send(Some.Text(group));
        node.Store.Open.Set();
        Assert.Equal((3, 4), ((await before).Value.Message.Seq, (await after).Value.Message.Seq));
        Assert.All(
            await Task.WhenAll(repeats), repeat => Assert.Equal((true, 1), (repeat.Value.Replayed, repeat.Value.Message.Seq)));
        Assert.Equal(4, (await node.Store.Heads([group]))[group].Seq);
    }

    [SkippableTheory]
    [InlineData(Fault.BeforeCommit)]
    [InlineData(Fault.AfterCommit)]
    [InlineData(Fault.HalfWay)]
    public async Task An_unknown_outcome_is_503_and_a_repeat_stores_it_once(Fault fault)
    {
        await using var node = new Node(Open()).Start();
        await node.Send(Some.Text(group));
        var held = await node.Hold(Some.Text(group));
        var clientIds = Enumerable.Range(0, 4).Select(i => $"c{i}").ToList();
        var sends = clientIds.ConvertAll(id => node.Send(Some.Text(group, senderId: ana, clientId: id)));
        node.Store.Plan([Fault.None, fault]);
        node.Store.Open.Set();
        await held;
        var outcomes = await Task.WhenAll(sends);
        Assert.All(outcomes,
            o => Assert.Equal(("store_unavailable", 503, 1), (o.Problem?.Code, o.Problem?.Status, o.Problem?.RetryAfter)));

        node.Store.Plan([]);
        foreach (var id in clientIds)
            Assert.False((await node.Send(Some.Text(group, senderId: ana, clientId: id))).IsProblem);
        var stored = await node.Store.Read(new MessageQuery(group, 100) { After = 0 });
        Assert.Equal(Enumerable.Range(1, 6).Select(i => (long)i), stored.Select(m => m.Seq));
        Assert.Equal(clientIds, stored.Select(m => m.ClientMessageId).Where(clientIds.Contains).Order());
    }

    [SkippableFact]
    public async Task A_full_queue_refuses_at_once_and_loses_nothing_that_it_took()
    {
        await using var node = new Node(Open());
        var queued = Enumerable.Range(0, Sequencer.QueueLimit).Select(_ => node.Send(Some.Text(group))).ToList();
        var refused = node.Send(Some.Text(group));
        Assert.True(refused.IsCompletedSuccessfully);
        Assert.Equal(("store_unavailable", 1), ((await refused).Problem?.Code, (await refused).Problem?.RetryAfter));
        Assert.DoesNotContain(queued, send => send.IsCompleted);
        node.Start();
        var outcomes = await Task.WhenAll(queued);
        Assert.DoesNotContain(outcomes, outcome => outcome.IsProblem);
        Assert.Equal(
            Enumerable.Range(1, Sequencer.QueueLimit).Select(seq => (long)seq),
            outcomes.Select(outcome => outcome.Value.Message.Seq));
    }

    [SkippableFact]
    public async Task Stopping_stores_and_answers_what_is_queued_and_refuses_what_comes_later()
    {
        await using var node = new Node(Open()).Start();
        await node.Hold(Some.Text(group));
        var sends = Enumerable.Range(0, 49).Select(_ => node.Send(Some.Text(group))).ToList();
        var stopping = node.Stop();
        var late = await node.Send(Some.Text(group));
        Assert.Equal("store_unavailable", late.Problem?.Code);
        Assert.False(stopping.IsCompleted);
        node.Store.Open.Set();
        await stopping;
        Assert.Equal(50, node.Pushed[group].Count);
        Assert.DoesNotContain(await Task.WhenAll(sends), outcome => outcome.IsProblem);
    }

    [SkippableFact]
    public async Task Two_nodes_on_one_store_share_a_dense_order_that_no_reader_sees_with_a_gap()
    {
        await using var one = new Node(Open()).Start();
        await using var two = new Node(Open()).Start();
        using var done = new CancellationTokenSource();
        var reader = Task.Run(async () =>
        {
            var pages = 0;
            do
            {
                var seqs = (await one.Store.Read(new MessageQuery(group, 100_000) { After = 0 })).Select(m => m.Seq).ToList();
                Assert.Equal(Enumerable.Range(1, seqs.Count).Select(i => (long)i), seqs);
                pages++;
            }
            while (!done.IsCancellationRequested);
            return pages;
        });
        // Every client sends by both nodes at once what it does not know to be stored.
        var senders = Enumerable.Range(0, 8).Select(async _ =>
        {
            var (sender, acknowledged) = (Guid.NewGuid(), new List<(string ClientId, Message Message)>());
            for (var i = 0; i < 25; i++)
            {
                var both = await Task.WhenAll(
                    one.Send(Some.Text(group, senderId: sender, clientId: $"{i}")),
                    two.Send(Some.Text(group, senderId: sender, clientId: $"{i}")));
                Assert.Equal(both[0].Value.Message.Id, both[1].Value.Message.Id);
                Assert.Single(both, outcome => !outcome.Value.Replayed);
                acknowledged.Add(($"{i}", both[0].Value.Message));
            }
            return acknowledged;
        });
        var all = (await Task.WhenAll(senders)).SelectMany(a => a).ToList();
        await done.CancelAsync();
        Assert.True(await reader > 0);

        var stored = await one.Store.Read(new MessageQuery(group, 1000) { After = 0 });
        Assert.Equal(Enumerable.Range(1, 200).Select(i => (long)i), stored.Select(m => m.Seq));
        Assert.Equal(all.Select(a => a.Message.Id).Order(), stored.Select(m => m.Id).Order());
        await Task.WhenAll(one.Stop(), two.Stop());
        var pushed = new[] { one, two }.Select(node => node.Pushed.GetValueOrDefault(group) ?? []).ToList();
        Assert.All(pushed, node => Assert.Equal(node.Select(m => m.Seq).Order(), node.Select(m => m.Seq)));
        Assert.Equal(stored.Select(m => m.Id), pushed.SelectMany(node => node).OrderBy(m => m.Seq).Select(m => m.Id));
    }
}

public sealed class SqliteSequencerTests : SequencerTests, IDisposable
{
    private readonly SqliteFiles files = new();

    public void Dispose() => files.Dispose();

    private protected override OpenStore Open() => files.Open();
}

[Collection(MongoServer.Name)]
public sealed class MongoSequencerTests : SequencerTests, IAsyncLifetime
{
    private string url = "";

    public async Task InitializeAsync() => url = await Servers.Mongo();

    public Task DisposeAsync() => Task.CompletedTask;

    private protected override OpenStore Open() => OpenStore.Mongo(url);
}
