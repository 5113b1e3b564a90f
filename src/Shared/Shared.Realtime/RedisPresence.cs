using System.Text;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Beat.Messaging.Shared.Realtime;

/// <summary>
/// Presence of all nodes: a sorted set of connections by the time at which their node last renewed them. What changes is told by
/// pub/sub at once; every 15 s each node renews its own in one command and reads the whole, which repairs what was not heard.
/// </summary>
internal sealed partial class RedisPresence(
    RedisConnection redis, INodeBackplane backplane, Presence presence, TimeProvider time, ILogger<RedisPresence> log)
        : BackgroundService
{
    private const string Channel = "presence";
    private static readonly TimeSpan RenewInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim restored = new(0);

    private RedisKey Key => redis.Prefix + "presence";

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        presence.IsKnown = false;
        presence.LocalChanged += Publish;
        redis.Lost += () => presence.IsKnown = false;
        redis.Restored += () => restored.Release();
        await backplane.Subscribe(Channel, OnMessage);
        await TryRenew();
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wasRead = presence.IsKnown;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await restored.WaitAsync(wasRead ? RenewInterval : RetryInterval, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            wasRead = await TryRenew();
        }
    }

    private async Task<bool> TryRenew()
    {
        try
        {
            await Renew();
            return presence.IsKnown = true;
        }
        catch (Exception away) when (away is RedisException or TimeoutException)
        {
            LogUnread(away.Message);
            return presence.IsKnown = false;
        }
    }

    private async Task Renew()
    {
        var now = time.GetUtcNow();
        var stale = (now - Presence.Staleness).ToUnixTimeMilliseconds();
        if (presence.Local is { Count: > 0 } mine)
            await redis.Database.SortedSetAddAsync(
                Key, [.. mine.Select(connection => new SortedSetEntry(connection.ToString(), now.ToUnixTimeMilliseconds()))]);
        await redis.Database.SortedSetRemoveRangeByScoreAsync(Key, double.NegativeInfinity, stale);
        var all = new Dictionary<PresentConnection, DateTimeOffset>();
        foreach (var entry in await redis.Database.SortedSetRangeByScoreWithScoresAsync(Key, stale))
        {
            if (PresentConnection.Read(entry.Element.ToString()) is { } connection)
                all[connection] = DateTimeOffset.FromUnixTimeMilliseconds((long)entry.Score);
        }
        presence.Merge(all, now);
    }

    private void Publish(PresentConnection connection, bool isOpen)
    {
        if (!backplane.IsOpen)
            return;
        var (member, now) = (connection.ToString(), time.GetUtcNow().ToUnixTimeMilliseconds());
        try
        {
            if (isOpen)
                redis.Database.SortedSetAdd(Key, member, now, flags: CommandFlags.FireAndForget);
            else
                redis.Database.SortedSetRemove(Key, member, CommandFlags.FireAndForget);
        }
        catch (RedisException lost)
        {
            // The next renewal says it again.
            LogUnread(lost.Message);
        }
        backplane.Publish(Channel, new NodeMessage(isOpen ? "open" : "closed", now, [Encoding.UTF8.GetBytes(member)]));
    }

    private void OnMessage(NodeMessage message)
    {
        if (PresentConnection.Read(Encoding.UTF8.GetString(message.Payloads[0].Span)) is { } connection)
            presence.OnRemoteChanged(connection, message.Name == "open", DateTimeOffset.FromUnixTimeMilliseconds(message.Number));
    }

    [LoggerMessage(133, LogLevel.Debug, "Presence could not be kept in Redis: {Reason}")]
    private partial void LogUnread(string reason);
}
