using Microsoft.Extensions.Logging.Abstractions;

namespace Beat.Messaging.Messages.Tests.Sending;

/// <summary>A sequencer over a store of its own, as a node has them; nodes may share what is stored.</summary>
internal sealed class Node : IAsyncDisposable
{
    private readonly OpenStore inner;
    private readonly Sequencer sequencer;
    private readonly Lock noting = new();
    private readonly Dictionary<Guid, List<Message>> pushed = [];

    public Node(OpenStore store)
    {
        inner = store;
        Store = new FaultyStore(inner.History);
        sequencer = new Sequencer(Store, (groupId, messages) =>
        {
            lock (noting)
            {
                if (!pushed.TryGetValue(groupId, out var already))
                    pushed[groupId] = already = [];
                already.AddRange(messages);
            }
        }, NullLogger<Sequencer>.Instance);
    }

    public FaultyStore Store { get; }

    /// <summary>What was handed to the fan-out, in its order.</summary>
    public IReadOnlyDictionary<Guid, List<Message>> Pushed => pushed;

    public Node Start()
    {
        sequencer.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        return this;
    }

    public Task<Result<SendOutcome>> Send(Message message) => sequencer.Enqueue(message);

    /// <summary>
    /// Keeps the writer busy with one send, so that what is sent next waits together, until <see cref="FaultyStore.Open"/> is
    /// set.
    /// </summary>
    public async Task<Task<Result<SendOutcome>>> Hold(Message message)
    {
        var before = Store.Appends;
        Store.Open.Reset();
        var held = Send(message);
        var deadline = Environment.TickCount64 + 10_000;
        while (Store.Appends == before)
        {
            Assert.True(Environment.TickCount64 < deadline, "The send did not reach the store.");
            await Task.Delay(1);
        }
        return held;
    }

    /// <summary>Ends as at SIGTERM; what was queued is stored, answered and handed on.</summary>
    public Task Stop() => sequencer.StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Stop();
        sequencer.Dispose();
        inner.Dispose();
    }
}

/// <summary>What goes wrong with one write.</summary>
public enum Fault
{
    None,
    BeforeCommit,

    /// <summary>Everything is stored, and nobody learns of it.</summary>
    AfterCommit,

    /// <summary>Some are stored when the connection breaks; a store without transactions across documents does that.</summary>
    HalfWay,
}

/// <summary>A store that fails when told to.</summary>
internal sealed class FaultyStore(IMessageHistory store) : IMessageHistory
{
    private readonly Queue<Fault> faults = new();
    private volatile int appends;

    /// <summary>Writes that were tried.</summary>
    public int Appends => appends;

    /// <summary>Holds the writer until it is set.</summary>
    public ManualResetEventSlim Open { get; } = new(initialState: true);

    public void Plan(IEnumerable<Fault> next)
    {
        lock (faults)
        {
            faults.Clear();
            foreach (var fault in next)
                faults.Enqueue(fault);
        }
    }

    public async ValueTask<int> Append(IReadOnlyList<Message> batch)
    {
        appends++;
        // On a thread of its own: a store that takes long holds nobody up.
        await Task.Run(Open.Wait);
        Fault fault;
        lock (faults)
            fault = faults.TryDequeue(out var planned) ? planned : Fault.None;
        switch (fault)
        {
            case Fault.BeforeCommit:
                throw new StoreUnavailableException("planned");
            case Fault.AfterCommit:
                await store.Append(batch);
                throw new StoreUnavailableException("planned");
            case Fault.HalfWay:
                await store.Append([.. batch.Take(batch.Count / 2)]);
                throw new StoreUnavailableException("planned");
            default:
                return await store.Append(batch);
        }
    }

    public ValueTask<IReadOnlyList<Message>> FindSent(IEnumerable<SendKey> keys) => store.FindSent(keys);

    public ValueTask<IReadOnlyDictionary<Guid, GroupHead>> Heads(IEnumerable<Guid> groupIds) => store.Heads(groupIds);

    public ValueTask<Message?> Get(Guid groupId, Guid messageId) => store.Get(groupId, messageId);

    public ValueTask<IReadOnlyList<Message>> GetMany(IReadOnlyCollection<Guid> groupIds, IReadOnlyCollection<Guid> messageIds) =>
        store.GetMany(groupIds, messageIds);

    public ValueTask<bool> FillTerms(int limit) => store.FillTerms(limit);

    public ValueTask<IReadOnlyList<Message>> Read(MessageQuery query) => store.Read(query);

    public ValueTask<Message?> Change(Message next, IIntegrationEvent happened, DateTimeOffset now) =>
        store.Change(next, happened, now);

    public ValueTask<Message?> RecordMove(Guid groupId, Guid messageId, long move, DateTimeOffset now) =>
        store.RecordMove(groupId, messageId, move, now);

    public ValueTask<Guid> Epoch() => store.Epoch();

    public ValueTask<Guid> Renew() => store.Renew();

    public ValueTask Reset() => store.Reset();

    public ValueTask Ping() => store.Ping();
}
