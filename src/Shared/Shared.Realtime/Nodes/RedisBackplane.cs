using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Beat.Messaging.Shared.Realtime.Nodes;

/// <summary>Redis pub/sub between nodes.</summary>
internal sealed partial class RedisBackplane : BackgroundService, INodeBackplane
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly RedisConnection redis;
    private readonly ILogger<RedisBackplane> log;
    private readonly Guid node = Guid.NewGuid();
    private readonly ConcurrentDictionary<string, Subscription> subscriptions = new();

    public RedisBackplane(RedisConnection redis, ILogger<RedisBackplane> log)
    {
        (this.redis, this.log) = (redis, log);
        redis.Restored += () => Restored?.Invoke();
    }

    public event Action? Restored;

    public bool IsOpen => redis.IsConnected;

    public bool HasOtherNodes => true;

    public void Publish(string channel, NodeMessage message)
    {
        if (!IsOpen)
            return;
        try
        {
            redis.Subscriber.Publish(Name(channel), message.Write(node), CommandFlags.FireAndForget);
        }
        catch (RedisException lost)
        {
            LogUnpublished(lost.Message);
        }
    }

    public Task Subscribe(string channel, Action<NodeMessage> received) =>
        subscriptions.GetOrAdd(channel, _ => new Subscription(received)).Open(Subscribe(channel));

    public void Unsubscribe(string channel)
    {
        if (subscriptions.TryRemove(channel, out var listener))
            listener.Close();
    }

    /// <summary>
    /// What could not be listened to when it was asked for is tried again; what was, the client renews by itself.
    /// </summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            if (IsOpen)
            {
                foreach (var (channel, listener) in subscriptions.Where(listener => !listener.Value.IsOpen))
                    await listener.Open(Subscribe(channel));
            }
            await Task.Delay(RetryInterval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Func<Action<NodeMessage>, Task<ChannelMessageQueue?>> Subscribe(string channel) => async received =>
    {
        if (!IsOpen)
            return null;
        try
        {
            var queue = await redis.Subscriber.SubscribeAsync(Name(channel));
            queue.OnMessage(one =>
            {
                if (NodeMessage.Read((byte[])one.Message!) is not { } message || message.Sender == node)
                    return;
                try
                {
                    received(message.Message);
                }
                catch (Exception fault)
                {
                    LogUnhandled(fault, message.Message.Name);
                }
            });
            return queue;
        }
        catch (Exception away) when (away is RedisException or TimeoutException)
        {
            LogUnpublished(away.Message);
            return null;
        }
    };

    private RedisChannel Name(string channel) => RedisChannel.Literal(redis.Prefix + channel);

    [LoggerMessage(131, LogLevel.Debug, "Redis did not take a message or a subscription: {Reason}")]
    private partial void LogUnpublished(string reason);

    [LoggerMessage(132, LogLevel.Error, "What another node told ({Name}) could not be handled")]
    private partial void LogUnhandled(Exception failure, string name);

    private sealed class Subscription(Action<NodeMessage> received)
    {
        private readonly Lock gate = new();
        private Task<ChannelMessageQueue?> opening = Task.FromResult<ChannelMessageQueue?>(null);
        private bool isClosed;

        public bool IsOpen => opening is { IsCompletedSuccessfully: true, Result: not null };

        public Task Open(Func<Action<NodeMessage>, Task<ChannelMessageQueue?>> subscribe)
        {
            lock (gate)
            {
                if (!isClosed && opening.IsCompleted && !IsOpen)
                    opening = subscribe(received);
                return opening;
            }
        }

        public void Close()
        {
            lock (gate)
                isClosed = true;
            // Sent, and not waited for.
            _ = opening.ContinueWith(
                static opened => opened.Result?.Unsubscribe(CommandFlags.FireAndForget), TaskScheduler.Default);
        }
    }
}
