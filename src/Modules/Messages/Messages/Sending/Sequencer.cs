using System.Diagnostics;
using System.Threading.Channels;
using Beat.Messaging.Shared.Hosting.Operations;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Messages.Sending;

/// <summary>What became of a send.</summary>
/// <param name="Message">As it is stored now; for a replay it may have been edited or deleted since.</param>
/// <param name="Replayed">It had been sent before.</param>
internal sealed record SendOutcome(Message Message, bool Replayed);

/// <summary>
/// The group commit. All that waits is numbered per group and stored in one write; while that batch is acknowledged and pushed,
/// the next one is committed. What was acknowledged is stored; what is stored has the next <c>seq</c> of its group.
/// </summary>
/// <param name="stored">Told of what is new in a group, in order of seq, once it is durable and its senders are answered.</param>
internal sealed partial class Sequencer(
    IMessageHistory store, Action<Guid, IReadOnlyList<Message>> stored, ILogger<Sequencer> log)
    : IHostedService, IDisposable
{
    /// <summary>Sends that may wait; past it a send is refused at once, and nothing is lost.</summary>
    public const int QueueLimit = 10_000;

    private const int BatchLimit = 512;
    private const int KnownHeadsLimit = 100_000;
    private const int MaxLosses = 50;

    private readonly Channel<Pending> queue = Channel.CreateBounded<Pending>(
        new BoundedChannelOptions(QueueLimit) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    // Two batches may wait for the fan-out: more would only hide that it is slower than the store.
    private readonly Channel<List<Pending>> committed = Channel.CreateBounded<List<Pending>>(
        new BoundedChannelOptions(2) { SingleReader = true, SingleWriter = true });

    private readonly Dictionary<Guid, long> heads = [];
    private readonly Random jitter = new();
    private Thread? committing;
    private Task fanningOut = Task.CompletedTask;

    /// <summary>
    /// Takes a place in the queue before it returns; the task ends once the message is durable, with the message as it is stored,
    /// or with the problem.
    /// </summary>
    /// <param name="unnumbered"><see cref="Message.Seq"/> is given here.</param>
    public Task<Result<SendOutcome>> Enqueue(Message unnumbered)
    {
        var pending = new Pending(unnumbered);
        return queue.Writer.TryWrite(pending)
            ? pending.Done.Task
            : Task.FromResult<Result<SendOutcome>>(Problems.StoreUnavailable);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // A thread of its own: SQLite blocks the one that writes.
        committing = new Thread(CommitAll) { IsBackground = true, Name = "Sequencer" };
        committing.Start();
        fanningOut = Task.Run(FanOutAll, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Stores and acknowledges what is queued, then ends.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Writer.TryComplete();
        await fanningOut.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => queue.Writer.TryComplete();

    private void CommitAll()
    {
        var batch = new List<Pending>(BatchLimit);
        while (Wait(queue.Reader.WaitToReadAsync()))
        {
            while (batch.Count < BatchLimit && queue.Reader.TryRead(out var pending))
                batch.Add(pending);
            Commit(batch);
            if (!committed.Writer.TryWrite(batch))
                Wait(committed.Writer.WriteAsync(batch));
            batch = new List<Pending>(BatchLimit);
        }
        committed.Writer.Complete();
    }

    private void Commit(List<Pending> batch)
    {
        try
        {
            var open = batch;
            for (var losses = 0; ; losses++)
            {
                // Optimistic: a repeat is rare, and the unique keys tell.
                if (losses > 0)
                    open = RemoveRepeats(open);
                if (losses > MaxLosses)
                    throw new StoreUnavailableException("Other writers were always faster.");
                if (losses > 1)
                    Thread.Sleep(jitter.Next(1, 20));
                var originals = Originals(open);
                if (originals.Count == 0)
                    return;
                Number(originals);
                var started = Stopwatch.GetTimestamp();
                var count = Wait(store.Append(originals.ConvertAll(pending => pending.Message)));
                Telemetry.StoreAnswered("history", started);
                SendMetrics.MessageBatch.Record(count);
                SendMetrics.MessagesStored.Add(count);
                foreach (var pending in originals.Take(count))
                {
                    pending.IsNew = true;
                    heads[pending.Message.GroupId] = pending.Message.Seq;
                }
                if (count == originals.Count)
                    return;
                foreach (var pending in originals)
                    heads.Remove(pending.Message.GroupId);
                open = open.FindAll(pending => !pending.IsNew);
            }
        }
        catch (Exception unknown)
        {
            // Stored or not: the next batch reads the heads again, and whoever repeats learns what happened.
            foreach (var pending in batch)
                heads.Remove(pending.Message.GroupId);
            foreach (var pending in batch.Where(pending => !pending.IsNew && pending.Outcome is null))
                pending.Outcome = Problems.StoreUnavailable;
            LogUnknown(unknown, batch.Count);
        }
    }

    /// <summary>Settles those whose client id is stored already; returns the others.</summary>
    private List<Pending> RemoveRepeats(List<Pending> open)
    {
        var sent = Wait(store.FindSent(open.Select(pending => pending.Key).Distinct())).ToDictionary(
            message => new SendKey(message.GroupId, message.SenderId, message.ClientMessageId));
        return open.FindAll(pending =>
        {
            if (!sent.TryGetValue(pending.Key, out var original))
                return true;
            pending.Outcome = Repeat(pending, original);
            return false;
        });
    }

    /// <summary>The first of each client id; a repeat in the same batch waits for it.</summary>
    private static List<Pending> Originals(List<Pending> open)
    {
        var first = new Dictionary<SendKey, Pending>(open.Count);
        foreach (var pending in open)
            pending.RepeatOf = first.TryAdd(pending.Key, pending) ? null : first[pending.Key];
        return open.FindAll(pending => pending.RepeatOf is null);
    }

    private void Number(List<Pending> originals)
    {
        if (heads.Count > KnownHeadsLimit)
            heads.Clear();
        var unknown = originals.Select(pending => pending.Message.GroupId).Where(id => !heads.ContainsKey(id)).Distinct()
            .ToList();
        if (unknown.Count > 0)
        {
            var found = Wait(store.Heads(unknown));
            foreach (var groupId in unknown)
                heads[groupId] = found.TryGetValue(groupId, out var head) ? head.Seq : 0;
        }
        var next = new Dictionary<Guid, long>();
        foreach (var pending in originals)
        {
            var groupId = pending.Message.GroupId;
            var seq = (next.TryGetValue(groupId, out var last) ? last : heads[groupId]) + 1;
            next[groupId] = seq;
            pending.Message = pending.Message with { Seq = seq };
        }
    }

    private async Task FanOutAll()
    {
        await foreach (var batch in committed.Reader.ReadAllAsync())
        {
            foreach (var pending in batch)
                pending.Done.SetResult(OutcomeOf(pending));
            foreach (var group in batch.Where(pending => pending.IsNew)
                .GroupBy(pending => pending.Message.GroupId, pending => pending.Message))
            {
                try
                {
                    stored(group.Key, [.. group]);
                }
                catch (Exception failure)
                {
                    // History has it; clients learn of it by the next push or head.
                    LogUnpushed(failure);
                }
            }
        }
    }

    private static Result<SendOutcome> OutcomeOf(Pending pending)
    {
        if (pending.Outcome is { } outcome)
            return outcome;
        if (pending.RepeatOf is not { } original)
            return new SendOutcome(pending.Message, Replayed: false);
        var first = OutcomeOf(original);
        return first.IsProblem ? first : Repeat(pending, first.Value.Message);
    }

    private static Result<SendOutcome> Repeat(Pending repeat, Message original) =>
        repeat.Message.IsSameRequest(original)
            ? new SendOutcome(original, Replayed: true)
            : Problems.IdempotencyConflict;

    /// <summary>Blocks the sequencer's own thread.</summary>
    private static T Wait<T>(ValueTask<T> task) =>
        task.IsCompletedSuccessfully ? task.Result : task.AsTask().GetAwaiter().GetResult();

    private static void Wait(ValueTask task) => task.AsTask().GetAwaiter().GetResult();

    [LoggerMessage(200, LogLevel.Warning, "A batch of {Count} messages has an unknown outcome; it was answered with 503")]
    private partial void LogUnknown(Exception failure, int count);

    [LoggerMessage(201, LogLevel.Error, "A stored batch could not be pushed")]
    private partial void LogUnpushed(Exception failure);

    private sealed class Pending(Message message)
    {
        public Message Message { get; set; } = message;

        public SendKey Key { get; } = new(message.GroupId, message.SenderId, message.ClientMessageId);

        /// <summary>An earlier one of the same batch under the same client id.</summary>
        public Pending? RepeatOf { get; set; }

        /// <summary>This batch stored it.</summary>
        public bool IsNew { get; set; }

        /// <summary>Set where it was not stored by this batch.</summary>
        public Result<SendOutcome>? Outcome { get; set; }

        public TaskCompletionSource<Result<SendOutcome>> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
