using System.Text;
using Confluent.Kafka;

namespace Beat.Messaging.TestKit;

/// <summary>Another service on the same Kafka.</summary>
public static class KafkaProbe
{
    /// <summary>
    /// Reads a topic from its beginning until the condition holds for what was read. The topic, or the broker, may come later.
    /// </summary>
    public static async Task<IReadOnlyList<JsonNode>> ReadUntil(
        string bootstrap, string topic, Func<IReadOnlyList<JsonNode>, bool> enough)
    {
        using var consumer = Consumer(bootstrap);
        consumer.Subscribe(topic);
        var read = new List<JsonNode>();
        await Until.True(
            () =>
            {
                while (Next(consumer) is { } message)
                    read.Add(Show(message));
                return enough(read);
            },
            $"records of {topic}; there are {read.Count}");
        consumer.Close();
        return read;
    }

    /// <summary>Reads what is in a topic now, in all of its partitions.</summary>
    public static async Task<IReadOnlyList<JsonNode>> ReadAll(string bootstrap, string topic)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).Build();
        using var consumer = Consumer(bootstrap);
        var limit = TimeSpan.FromSeconds(10);
        var partitions = admin.GetMetadata(topic, limit).Topics.Single(t => t.Topic == topic).Partitions
            .ConvertAll(partition => new TopicPartition(topic, partition.PartitionId));
        var ends = partitions.ToDictionary(
            partition => partition, partition => consumer.QueryWatermarkOffsets(partition, limit).High.Value);
        consumer.Assign(partitions.Where(partition => ends[partition] > 0));
        var read = new List<JsonNode>();
        await Until.True(
            () =>
            {
                while (Next(consumer) is { } message)
                    read.Add(Show(message));
                return consumer.Assignment.TrueForAll(partition => consumer.Position(partition).Value >= ends[partition]);
            },
            $"all of {topic}");
        return read;
    }

    public static Task Write(string bootstrap, string topic, string value, string? key = null) =>
        Write(bootstrap, topic, Encoding.UTF8.GetBytes(value), key);

    /// <param name="value">Null for a tombstone.</param>
    public static async Task Write(string bootstrap, string topic, byte[]? value, string? key = null)
    {
        using var producer = new ProducerBuilder<string?, byte[]?>(new ProducerConfig { BootstrapServers = bootstrap }).Build();
        await producer.ProduceAsync(
            topic, new Message<string?, byte[]?> { Key = key ?? Guid.NewGuid().ToString(), Value = value });
    }

    private static IConsumer<string, string> Consumer(string bootstrap) => new ConsumerBuilder<string, string>(new ConsumerConfig
    {
        BootstrapServers = bootstrap,
        GroupId = $"probe-{Guid.NewGuid()}",
        AutoOffsetReset = AutoOffsetReset.Earliest,
        EnableAutoCommit = false,
        // A topic that is made later is looked for at this pace.
        TopicMetadataRefreshIntervalMs = 1000,
    }).Build();

    private static JsonObject Show(Message<string, string> message) => new()
    {
        ["key"] = message.Key,
        ["value"] = Parse(message.Value),
        ["headers"] = new JsonObject(message.Headers.Select(
            h => KeyValuePair.Create<string, JsonNode?>(h.Key, Encoding.UTF8.GetString(h.GetValueBytes())))),
    };

    private static Message<string, string>? Next(IConsumer<string, string> consumer)
    {
        try
        {
            return consumer.Consume(TimeSpan.FromMilliseconds(50))?.Message;
        }
        catch (ConsumeException notYet) when (notYet.Error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic)
        {
            return null;
        }
    }

    private static JsonNode? Parse(string value)
    {
        try
        {
            return JsonNode.Parse(value);
        }
        catch (System.Text.Json.JsonException)
        {
            return JsonValue.Create(value);
        }
    }
}
