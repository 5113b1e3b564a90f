using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Beat.Messaging.Shared.Events.Kafka;

/// <summary>
/// Dead letters, and their way back: each is written to the topic that it came from, where the running service reads it as any
/// other. What was replayed is remembered by the broker, as the offsets of a consumer group.
/// </summary>
public sealed class DeadLetterReplay : IDisposable
{
    private const string Group = "messaging-dlq-replay";
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);

    private readonly string brokers;
    private readonly IConsumer<string, byte[]> consumer;

    /// <param name="brokers"><c>host:port,…</c></param>
    public DeadLetterReplay(string brokers)
    {
        this.brokers = brokers;
        consumer = new ConsumerBuilder<string, byte[]>(
            new ConsumerConfig { BootstrapServers = brokers, GroupId = Group, EnableAutoCommit = false })
            .SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
    }

    /// <param name="topics">Those that are read, not their dead letters.</param>
    /// <returns>One line for each that was not replayed, without its content.</returns>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    public IReadOnlyList<string> List(IEnumerable<string> topics) => [.. ReadPending(topics).Select(DeadLetters.Describe)];

    /// <summary>Those that fail again come back as new dead letters, and are not part of this round.</summary>
    /// <inheritdoc cref="List"/>
    /// <returns>One line for each.</returns>
    public IReadOnlyList<string> Replay(IEnumerable<string> topics)
    {
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig
        {
            BootstrapServers = brokers,
            EnableIdempotence = true,
            Acks = Acks.All,
            MessageTimeoutMs = (int)CallTimeout.TotalMilliseconds,
        }).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
        var broker = ClusterId();
        var lines = new List<string>();
        foreach (var letter in ReadPending(topics))
        {
            var (topic, message) = DeadLetters.Restore(letter, broker);
            Error? failure = null;
            producer.Produce(topic, message, report => failure = report.Error.IsError ? report.Error : null);
            producer.Flush(CallTimeout);
            if (failure is not null)
                throw new KafkaException(failure);
            consumer.Commit(letter);
            lines.Add($"{DeadLetters.Describe(letter)}  → {topic}");
        }
        return lines;
    }

    public void Dispose()
    {
        consumer.Close();
        consumer.Dispose();
    }

    /// <summary>From what was replayed last to what is the end now.</summary>
    private IEnumerable<ConsumeResult<string, byte[]>> ReadPending(IEnumerable<string> topics)
    {
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        foreach (var topic in topics.Select(DeadLetters.TopicOf))
        {
            var partitions = admin.GetMetadata(topic, CallTimeout).Topics.Single(t => t.Topic == topic).Partitions
                .Select(partition => new TopicPartition(topic, partition.PartitionId)).ToList();
            foreach (var done in consumer.Committed(partitions, CallTimeout))
            {
                var (low, high) = consumer.QueryWatermarkOffsets(done.TopicPartition, CallTimeout) is var ends
                    ? (ends.Low.Value, ends.High.Value)
                    : default;
                var next = Math.Max(done.Offset.Value, low);
                consumer.Assign(new TopicPartitionOffset(done.TopicPartition, next));
                while (next < high)
                {
                    var letter = consumer.Consume(CallTimeout) ?? throw new KafkaException(ErrorCode.Local_TimedOut);
                    next = letter.Offset.Value + 1;
                    yield return letter;
                }
            }
        }
    }

    private string ClusterId()
    {
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        return admin.DescribeClusterAsync(new DescribeClusterOptions { RequestTimeout = CallTimeout }).GetAwaiter()
            .GetResult().ClusterId;
    }
}
