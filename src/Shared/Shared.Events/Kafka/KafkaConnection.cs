using Beat.Messaging.Shared.Hosting.Settings;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Hosting;

namespace Beat.Messaging.Shared.Events.Kafka;

/// <summary>Which broker this process talks to: the platform's, or the embedded one.</summary>
public sealed partial class KafkaConnection : BackgroundService
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(5);

    private readonly EmbeddedBroker? embedded;
    private readonly KafkaSettings settings;
    private readonly IReadOnlyCollection<string> topics;
    private readonly ILogger<KafkaConnection> log;
    private readonly string embeddedBrokerId = Guid.NewGuid().ToString();
    private volatile bool isReachable;
    private volatile string? clusterId;

    public KafkaConnection(
        KafkaSettings settings, IEnumerable<EventRegistration> written, IEnumerable<KafkaTopic> consumed,
        ILogger<KafkaConnection> log)
    {
        this.settings = settings;
        this.log = log;
        topics = Names(written, consumed);
        embedded = settings.Brokers is null ? new EmbeddedBroker(settings, topics) : null;
        isReachable = embedded is not null;
        Bootstrap = settings.Brokers ?? $"127.0.0.1:{embedded!.Port}";
    }

    /// <summary>host:port, …</summary>
    public string Bootstrap { get; }

    /// <summary>For people.</summary>
    public string Description => embedded is null ? Bootstrap : $"{Bootstrap} (embedded)";

    public bool IsReachable => isReachable;

    /// <summary>
    /// What makes an offset unique: the cluster's id; the embedded broker begins at offset 0 again, so there each start has its
    /// own. Null while the cluster has not answered.
    /// </summary>
    internal string? BrokerId => embedded is null ? clusterId : embeddedBrokerId;

    /// <summary>Every topic that the service needs, with the dead letters of those that it reads.</summary>
    public static IReadOnlyCollection<string> Names(IEnumerable<EventRegistration> written, IEnumerable<KafkaTopic> consumed) =>
    [
        .. written.Select(e => e.Topic).OfType<string>()
            .Concat(consumed.SelectMany(read => new[] { read.Topic, DeadLetters.TopicOf(read.Topic) })).Distinct(),
    ];

    public override void Dispose()
    {
        base.Dispose();
        embedded?.Dispose();
    }

    /// <summary>Makes the topics that a real cluster lacks, and keeps an eye on it.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (embedded is not null)
            return;
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Bootstrap, SocketTimeoutMs = 2000 })
            .SetLogHandler(static (_, _) => { })
            .SetErrorHandler(static (_, _) => { })
            .Build();
        var (areMade, isTold) = (false, false);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                clusterId =
                    (await admin.DescribeClusterAsync(new DescribeClusterOptions { RequestTimeout = CallTimeout })).ClusterId;
                if (!areMade)
                    await CreateMissingTopics(admin);
                areMade = isReachable = true;
                isTold = false;
            }
            catch (KafkaException away)
            {
                if (!isTold)
                    LogAway(Bootstrap, away.Error.Reason);
                isTold = true;
                isReachable = false;
            }
            await Task.Delay(isReachable ? PollInterval : CallTimeout, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task CreateMissingTopics(IAdminClient admin)
    {
        var there = admin.GetMetadata(CallTimeout).Topics.Select(topic => topic.Topic).ToHashSet();
        var missing = topics.Where(topic => !there.Contains(topic)).ToList();
        if (missing.Count == 0)
            return;
        try
        {
            await admin.CreateTopicsAsync(
                missing.Select(
                    topic =>
                        new TopicSpecification { Name = topic, NumPartitions = settings.Partitions, ReplicationFactor = -1 }));
            LogCreatedTopics(string.Join(", ", missing));
        }
        catch (CreateTopicsException several) when (several.Results.All(
            r => r.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
        {
            // Another node was faster.
            return;
        }
    }

    [LoggerMessage(400, LogLevel.Warning, "Kafka at {Bootstrap} does not answer ({Reason}); events wait")]
    private partial void LogAway(string bootstrap, string reason);

    [LoggerMessage(401, LogLevel.Information, "Made the Kafka topics {Topics}")]
    private partial void LogCreatedTopics(string topics);
}
