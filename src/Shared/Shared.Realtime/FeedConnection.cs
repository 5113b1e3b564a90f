using Beat.Messaging.Shared.Abstractions;
using Microsoft.AspNetCore.Connections.Features;

namespace Beat.Messaging.Shared.Realtime;

/// <summary>One client's connection: what the hub hands to a module's hub methods.</summary>
public sealed partial class FeedConnection
{
    /// <summary>
    /// What may wait for a client beyond what the transport has taken; past it the connection is closed, and the client resumes
    /// by <c>seq</c>.
    /// </summary>
    public const int MaxPendingBytes = 1024 * 1024;

    private readonly HubConnectionContext context;
    private readonly ILogger log;
    private readonly Lock gate = new();
    private readonly HashSet<Guid> groups = [];
    private Queue<FeedPush> waiting = new();
    private int pendingBytes;
    private bool isWriting;
    private bool isClosed;

    internal FeedConnection(HubConnectionContext context, Caller caller, ILogger log) =>
        (this.context, Caller, this.log) = (context, caller, log);

    public string Id => context.ConnectionId;

    public Caller Caller { get; }

    /// <summary>Whether it has ended.</summary>
    internal bool IsClosed
    {
        get
        {
            lock (gate)
                return isClosed;
        }
    }

    /// <summary>
    /// Hands a push to the transport; what the client is too slow for waits here, so that it can still be taken back.
    /// Never blocks, keeps the order of the calls.
    /// </summary>
    internal void Write(FeedPush push)
    {
        lock (gate)
        {
            if (isClosed)
                return;
            if (isWriting)
            {
                if (TryReserve(push))
                    waiting.Enqueue(push);
                return;
            }
            var write = context.WriteAsync(push.SignalR);
            if (write.IsCompletedSuccessfully)
                return;
            isWriting = true;
            _ = Drain(write);
        }
    }

    /// <summary>Counts a push that is held back until a subscription is active.</summary>
    internal void ReserveHeld(FeedPush push)
    {
        lock (gate)
            TryReserve(push);
    }

    /// <summary>Writes what was held.</summary>
    internal void WriteHeld(List<FeedPush> held)
    {
        lock (gate)
        {
            foreach (var push in held)
            {
                pendingBytes -= push.Bytes;
                Write(push);
            }
        }
    }

    /// <summary>False when the connection has ended meanwhile.</summary>
    internal bool Add(Guid groupId)
    {
        lock (gate)
            return !isClosed && groups.Add(groupId);
    }

    /// <summary>Takes back what waits of a group.</summary>
    /// <param name="held">What its subscription held back.</param>
    internal void Remove(Guid groupId, List<FeedPush>? held)
    {
        lock (gate)
        {
            groups.Remove(groupId);
            pendingBytes -= held?.Sum(push => push.Bytes) ?? 0;
            if (waiting.Count == 0)
                return;
            pendingBytes -= waiting.Where(push => push.GroupId == groupId).Sum(push => push.Bytes);
            waiting = new Queue<FeedPush>(waiting.Where(push => push.GroupId != groupId));
        }
    }

    /// <summary>Nothing is written from now on.</summary>
    /// <returns>The groups that it listened to.</returns>
    internal Guid[] Close()
    {
        lock (gate)
        {
            isClosed = true;
            waiting.Clear();
            return [.. groups];
        }
    }

    /// <summary>Ends it, and tells the client to stay away.</summary>
    internal void Abort()
    {
        Close();
        context.Abort();
    }

    /// <summary>
    /// A push that finds nothing waiting is always taken, however large: that a batch is big is not the client's fault.
    /// </summary>
    private bool TryReserve(FeedPush push)
    {
        if (isClosed)
            return false;
        if (pendingBytes > 0 && pendingBytes + push.Bytes > MaxPendingBytes)
        {
            LogTooSlow(Id, pendingBytes);
            Close();
            // Elsewhere, because it runs the callbacks of others and locks are held here.
            ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.RequestClose(), this, preferLocal: false);
            return false;
        }
        pendingBytes += push.Bytes;
        return true;
    }

    /// <summary>Not <c>Abort</c>, which would tell the client to stay away: this one may come back at once.</summary>
    private void RequestClose()
    {
        if (context.Features.Get<IConnectionLifetimeNotificationFeature>() is { } lifetime)
            lifetime.RequestClose();
        else
            context.Abort();
    }

    private async Task Drain(ValueTask write)
    {
        while (true)
        {
            // Does not throw: SignalR itself ends a connection that cannot be written to.
            await write;
            lock (gate)
            {
                if (!waiting.TryDequeue(out var next))
                {
                    isWriting = false;
                    return;
                }
                pendingBytes -= next.Bytes;
                write = context.WriteAsync(next.SignalR);
            }
        }
    }

    [LoggerMessage(
        120, LogLevel.Warning,
        "Connection {ConnectionId} is closed with {PendingBytes} bytes waiting for it; its client can resume")]
    private partial void LogTooSlow(string connectionId, int pendingBytes);
}
