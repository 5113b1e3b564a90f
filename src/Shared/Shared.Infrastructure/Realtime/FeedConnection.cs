using Beat.Messaging.Shared.Abstractions;
using Microsoft.AspNetCore.SignalR;

namespace Beat.Messaging.Shared.Infrastructure.Realtime;

/// <summary>One client's connection, as the feed and hub slices see it.</summary>
public sealed class FeedConnection
{
    /// <summary>Bytes that a client may leave untaken; past it the connection is closed, and resumes by <c>seq</c>.</summary>
    public const int MaxPendingBytes = 1024 * 1024;

    private readonly HubConnectionContext context;
    private readonly HashSet<Guid> groups = [];
    private long pendingBytes;

    internal FeedConnection(HubConnectionContext context, Caller caller) => (this.context, Caller) = (context, caller);

    public string Id => context.ConnectionId;

    public Caller Caller { get; }

    /// <summary>Groups that it listens to; guarded by itself.</summary>
    internal HashSet<Guid> Groups => groups;

    /// <summary>
    /// Hands bytes to the transport and never waits for the client: what is not taken yet is counted.
    /// </summary>
    internal void Write(SerializedHubMessage message, int bytes)
    {
        if (Interlocked.Add(ref pendingBytes, bytes) > MaxPendingBytes)
        {
            context.Abort();
            return;
        }
        var write = context.WriteAsync(message);
        if (write.IsCompletedSuccessfully)
            Interlocked.Add(ref pendingBytes, -bytes);
        else
            _ = Settle(write.AsTask(), bytes);
    }

    private async Task Settle(Task write, int bytes)
    {
        // A write that fails is a connection that ends; SignalR reports that by itself.
        await write.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Interlocked.Add(ref pendingBytes, -bytes);
    }
}
