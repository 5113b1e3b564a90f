using StackExchange.Redis;

namespace Beat.Messaging.Shared.Realtime.Nodes;

/// <summary>The one connection to Redis: it comes back by itself, and nothing waits for it.</summary>
public sealed partial class RedisConnection : IDisposable
{
    private readonly ConnectionMultiplexer multiplexer;

    /// <param name="url"><c>redis://</c> or <c>rediss://</c>.</param>
    public RedisConnection(string url, ILogger<RedisConnection> log)
    {
        var (options, database) = Options(new Uri(url));
        Prefix = $"beat{database}:";
        multiplexer = ConnectionMultiplexer.Connect(options);
        multiplexer.ConnectionFailed += (_, fault) =>
        {
            LogAway(log, fault.FailureType.ToString());
            Lost?.Invoke();
        };
        multiplexer.ConnectionRestored += (_, back) =>
        {
            if (back.ConnectionType == ConnectionType.Subscription)
                Restored?.Invoke();
        };
        if (!multiplexer.IsConnected)
            LogAway(log, "not reached at start");
        Database = multiplexer.GetDatabase(database);
        Subscriber = multiplexer.GetSubscriber();
    }

    public event Action? Lost;

    /// <summary>Subscriptions work again.</summary>
    public event Action? Restored;

    /// <summary>Of every key and channel; channels know no databases, so the number of ours is in it.</summary>
    public string Prefix { get; }

    public bool IsConnected => multiplexer.IsConnected;

    public IDatabase Database { get; }

    public ISubscriber Subscriber { get; }

    public void Dispose() => multiplexer.Dispose();

    private static (ConfigurationOptions Options, int Database) Options(Uri url)
    {
        var user = url.UserInfo.Split(':', 2).Select(Uri.UnescapeDataString).ToArray();
        var options = new ConfigurationOptions
        {
            EndPoints = { { url.Host, url.Port > 0 ? url.Port : 6379 } },
            Ssl = url.Scheme == "rediss",
            User = user[0].Length > 0 ? user[0] : null,
            Password = user.Length > 1 ? user[1] : null,
            ClientName = "beat-messaging",
            AbortOnConnectFail = false,
            ConnectTimeout = 1000,
            AsyncTimeout = 1000,
            SyncTimeout = 1000,
            KeepAlive = 5,
            HeartbeatInterval = TimeSpan.FromMilliseconds(500),
            ReconnectRetryPolicy = new LinearRetry(500),
            // What cannot be sent now is repaired later: a queue would only delay it all.
            BacklogPolicy = BacklogPolicy.FailFast,
        };
        var path = url.AbsolutePath.Trim('/');
        return (options, path.Length == 0 ? 0 : int.Parse(path, System.Globalization.CultureInfo.InvariantCulture));
    }

    [LoggerMessage(130, LogLevel.Warning, "Redis is away ({Reason}): pushes reach this node only, presence is unknown")]
    private static partial void LogAway(ILogger log, string reason);
}
