using Beat.Messaging.Messages.Store;
using Beat.Messaging.Shared.Infrastructure.Persistence;
using Beat.Messaging.Shared.Infrastructure.Realtime;
using Beat.Messaging.Shared.Infrastructure.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Messages.Realtime;

internal sealed record GroupHeadPush(Guid GroupId, long HeadSeq, string Changed, Guid Epoch);

/// <summary>
/// Every 15 s, tells groups whose head moved in this beat or the one before where it is, so that a client that lost a push notices.
/// </summary>
internal sealed partial class PushGroupHeads(IMessageStore store, GroupFeed feed, TimeProvider time, ILogger<PushGroupHeads> log) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);
    private Dictionary<Guid, (GroupHead Head, bool Moved)> last = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Beat, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                PushMoved();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    internal void PushMoved()
    {
        try
        {
            var epoch = store.Epoch();
            var heads = store.Heads(feed.SubscribedGroups);
            var now = new Dictionary<Guid, (GroupHead Head, bool Moved)>(heads.Count);
            foreach (var (groupId, head) in heads)
            {
                var moved = !last.TryGetValue(groupId, out var before) || before.Head != head;
                now[groupId] = (head, moved);
                if (moved || before.Moved)
                {
                    feed.Push(groupId, "GroupHead", new GroupHeadPush(
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

    [LoggerMessage(210, LogLevel.Warning, "The heads of groups could not be read")]
    private partial void LogSkipped(Exception failure);
}
