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
        using var consumer = new ConsumerBuilder<string, string>(new ConsumerConfig
        {
            BootstrapServers = bootstrap,
            GroupId = $"probe-{Guid.NewGuid()}",
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            // A topic that is made later is looked for at this pace.
            TopicMetadataRefreshIntervalMs = 1000,
        }).Build();
        consumer.Subscribe(topic);
        var read = new List<JsonNode>();
        await Until.True(
            () =>
            {
                while (Next(consumer) is { } message)
                {
                    read.Add(new JsonObject
                    {
                        ["key"] = message.Key,
                        ["value"] = Parse(message.Value),
                        ["headers"] = new JsonObject(message.Headers.Select(
                            h => KeyValuePair.Create<string, JsonNode?>(h.Key, Encoding.UTF8.GetString(h.GetValueBytes())))),
                    });
                }
                return enough(read);
            },
            $"records of {topic}; there are {read.Count}");
        consumer.Close();
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
