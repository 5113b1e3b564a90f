using CsCheck;

namespace Beat.Messaging.Messages.Tests.Sending;

/// <summary>
/// Random programs of sends by two nodes on one store: repeats, other requests under the same id, edits and deletes between, and
/// writes that fail before, within and after their commit. Whatever happens, what was answered is what is stored.
/// </summary>
public abstract class SendSequenceTests
{
    private static readonly Guid[] Groups = [Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()];
    private static readonly Guid[] Senders = [Guid.NewGuid(), Guid.NewGuid()];

    private static readonly Gen<SendStep> Sends = Gen.Select(
        Gen.Int[0, 2], Gen.Int[0, 1], Gen.Int[0, 7], Gen.Frequency((6, Gen.Const(0)), (1, Gen.Const(1))), Gen.Int[0, 1],
        (group, sender, client, variant, node) => new SendStep(group, sender, client, variant, node));

    private static readonly Gen<Fault> Faults = Gen.Frequency(
        (5, Gen.Const(Fault.None)), (1, Gen.Const(Fault.BeforeCommit)), (1, Gen.Const(Fault.AfterCommit)),
        (1, Gen.Const(Fault.HalfWay)));

    /// <summary>Sends that are on their way together, then changes to what is stored.</summary>
    private static readonly Gen<Round> Rounds = Gen.Select(
        Sends.List[1, 12], Faults.List[0, 3], Gen.Int[0, 20].List[0, 3], Gen.Bool,
        (sends, faults, changes, delete) => new Round(sends, faults, changes, delete));

    [SkippableFact]
    public async Task Whatever_happens_every_answer_is_true_and_every_order_dense()
    {
        var histories = await Begin();
        await Rounds.List[1, 6].SampleAsync(
            async rounds =>
            {
                using var files = new SqliteFiles();
                await Run(await Prepare(files), rounds);
            },
            iter: histories, threads: 2, print: rounds => string.Join("\n", rounds));
    }

    /// <summary>Skips where there is no such server.</summary>
    /// <returns>How many histories are tried.</returns>
    private protected abstract Task<int> Begin();

    /// <summary>Opens a new store, as often as it is called.</summary>
    private protected abstract Task<Func<OpenStore>> Prepare(SqliteFiles files);

    private static async Task Run(Func<OpenStore> openStore, List<Round> rounds)
    {
        await using var one = new Node(openStore()).Start();
        await using var two = new Node(openStore()).Start();
        Node[] nodes = [one, two];
        var answers = new List<(SendStep Step, Message Sent, Result<SendOutcome> Outcome)>();
        foreach (var round in rounds)
        {
            foreach (var node in nodes)
                node.Store.Plan(round.Faults);
            answers.AddRange(await SendAll(nodes, round.Sends));
            await Change(one.Store, round);
        }

        // Whoever was told to repeat does, until there is an answer.
        foreach (var node in nodes)
            node.Store.Plan([]);
        var open = answers.Where(a => a.Outcome.Problem?.Status == 503).Select(a => a.Step).ToList();
        var repeated = await SendAll(nodes, open);
        Assert.DoesNotContain(repeated, a => a.Outcome.Problem?.Status == 503);
        answers.AddRange(repeated);

        await Task.WhenAll(nodes.Select(node => node.Stop()));
        await Check(one.Store, nodes, answers);
    }

    private static async Task<List<(SendStep Step, Message Sent, Result<SendOutcome> Outcome)>> SendAll(
        Node[] nodes, IReadOnlyList<SendStep> steps)
    {
        var sends = steps.Select(step => (Step: step, Message: step.ToMessage()))
            .Select(s => (s.Step, s.Message, Answer: nodes[s.Step.Node].Send(s.Message))).ToList();
        var answers = new List<(SendStep Step, Message Sent, Result<SendOutcome> Outcome)>();
        foreach (var (step, message, answer) in sends)
            answers.Add((step, message, await answer));
        return answers;
    }

    private static async Task Change(FaultyStore store, Round round)
    {
        var stored = await All(store);
        foreach (var choice in round.Changes.Where(_ => stored.Count > 0))
        {
            var before = stored[choice % stored.Count];
            var message = (await store.Get(before.GroupId, before.Id))!;
            if (message.DeletedAt is not null)
                continue;
            var next = round.Delete ? message.Deleted() : message.Edited($"Edit {message.Revision}");
            IIntegrationEvent happened = round.Delete
                ? MessageEventFactory.Deleted(next, next.SenderId)
                : MessageEventFactory.Edited(next);
            Assert.NotNull(await store.Change(next, happened, Some.Now));
        }
    }

    private static async Task Check(
        FaultyStore store, Node[] nodes, List<(SendStep Step, Message Sent, Result<SendOutcome> Outcome)> answers)
    {
        var stored = await All(store);
        var byKey = stored.ToDictionary(m => (m.GroupId, m.SenderId, m.ClientMessageId));
        Assert.Equal(answers.Select(a => a.Step.Key).Distinct().Count(), byKey.Count);
        foreach (var group in stored.GroupBy(m => m.GroupId))
            Assert.Equal(Enumerable.Range(1, group.Count()).Select(i => (long)i), group.Select(m => m.Seq));

        foreach (var (step, sent, outcome) in answers)
        {
            var original = byKey[step.Key];
            switch (outcome.Problem?.Code)
            {
                case null:
                    Assert.True(original.IsSameRequest(sent));
                    Assert.Equal((original.Id, original.Seq), (outcome.Value.Message.Id, outcome.Value.Message.Seq));
                    Assert.Equal(original.Id != sent.Id, outcome.Value.Replayed);
                    break;
                case "idempotency_conflict":
                    Assert.False(original.IsSameRequest(sent));
                    break;
                default:
                    Assert.Equal("store_unavailable", outcome.Problem.Code);
                    break;
            }
        }
        Assert.All(
            answers.Where(a => a.Outcome is { IsProblem: false, Value.Replayed: false }).GroupBy(a => a.Step.Key),
            first => Assert.Single(first));

        // Pushed: once what was answered as new, in order of seq, and nothing that is not stored.
        var pushed = nodes.SelectMany(node => node.Pushed.Values).SelectMany(m => m).Select(m => m.Id).ToList();
        Assert.Equal(
            answers.Where(a => a.Outcome is { IsProblem: false, Value.Replayed: false }).Select(a => a.Sent.Id).Order(),
            pushed.Order());
        foreach (var node in nodes.SelectMany(node => node.Pushed.Values))
            Assert.Equal(node.Select(m => m.Seq).Order(), node.Select(m => m.Seq));
    }

    private static async Task<List<Message>> All(FaultyStore store)
    {
        var all = new List<Message>();
        foreach (var group in Groups)
            all.AddRange(await store.Read(new MessageQuery(group, 10_000) { After = 0 }));
        return all;
    }

    /// <param name="Variant">Another one under the same client id is another request.</param>
    private sealed record SendStep(int Group, int Sender, int Client, int Variant, int Node)
    {
        public (Guid, Guid, string) Key => (Groups[Group], Senders[Sender], $"c{Client}");

        public Message ToMessage() =>
            Some.Text(Groups[Group], senderId: Senders[Sender], clientId: $"c{Client}", content: $"Variant {Variant}");
    }

    private sealed record Round(List<SendStep> Sends, List<Fault> Faults, List<int> Changes, bool Delete)
    {
        public override string ToString() =>
            $"send [{string.Join(", ", Sends.Select(s => $"g{s.Group}/s{s.Sender}/c{s.Client}/v{s.Variant} by {s.Node}"))}] with [{string.Join(", ", Faults)}], then {(Delete ? "delete" : "edit")} [{string.Join(", ", Changes)}]";
    }
}

public sealed class SqliteSendSequenceTests : SendSequenceTests
{
    private protected override Task<int> Begin() => Task.FromResult(60);

    private protected override Task<Func<OpenStore>> Prepare(SqliteFiles files) => Task.FromResult(files.Open);
}

[Collection(MongoServer.Name)]
public sealed class MongoSendSequenceTests : SendSequenceTests
{
    private protected override async Task<int> Begin()
    {
        await Servers.Mongo();
        return 15;
    }

    private protected override async Task<Func<OpenStore>> Prepare(SqliteFiles files)
    {
        var url = await Servers.Mongo();
        return () => OpenStore.Mongo(url);
    }
}
