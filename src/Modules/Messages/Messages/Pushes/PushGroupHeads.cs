using Beat.Messaging.Shared.Hosting.Time;
using Beat.Messaging.Shared.Realtime;
using Beat.Messaging.Shared.Realtime.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Messages.Pushes;

internal sealed record GroupHeadPush(Guid GroupId, long HeadSeq, string Changed, Guid Epoch);

/// <summary>
/// Every 15 s, tells groups whose head moved in this interval or the one before where it is, so that a client that lost a push
/// notices; and pushes itself what other nodes stored and this one was not told. Every 5 s while the link to them is away.
/// </summary>
internal sealed partial class PushGroupHeads(
    IMessageHistory store, MessageReader reader, GroupFeed feed, INodeBackplane backplane, TimeProvider time,
    ILogger<PushGroupHeads> log) : BackgroundService
{
    private static readonly TimeSpan PushInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PushIntervalWhileAlone = TimeSpan.FromSeconds(5);
    private readonly SemaphoreSlim restored = new(0);
    private Dictionary<Guid, (GroupHead Head, bool Moved)> last = [];

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        feed.History = Read;
        backplane.Restored += () => restored.Release();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await restored.WaitAsync(
                    backplane.HasOtherNodes && !backplane.IsOpen ? PushIntervalWhileAlone : PushInterval, stoppingToken);
                await PushMoved();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    internal async Task PushMoved()
    {
        try
        {
            var epoch = await store.Epoch();
            var heads = await store.Heads(feed.SubscribedGroups);
            var now = new Dictionary<Guid, (GroupHead Head, bool Moved)>(heads.Count);
            foreach (var (groupId, head) in heads)
            {
                if (backplane.HasOtherNodes)
                    await feed.CatchUp(groupId, PushMessages.Received, head.Seq);
                var moved = !last.TryGetValue(groupId, out var before) || before.Head != head;
                now[groupId] = (head, moved);
                if (moved || before.Moved)
                {
                    feed.PushLocally(groupId, "GroupHead", new GroupHeadPush(
                        groupId, head.Seq, ChangeCursor.Settled(head.Changed, time.Now()), epoch));
                }
            }
            last = now;
        }
        catch (StoreUnavailableException away)
        {
            LogSkipped(away);
        }
    }

    private async Task<IReadOnlyList<ReadOnlyMemory<byte>>> Read(Guid groupId, long from, long to) =>
        [.. (await reader.ToResponse(await store.Read(new MessageQuery(groupId, (int)(to - from + 1)) { After = from - 1 })))
            .Select(PushMessages.Json)];

    [LoggerMessage(210, LogLevel.Warning, "The heads of groups could not be read")]
    private partial void LogSkipped(Exception failure);
}
