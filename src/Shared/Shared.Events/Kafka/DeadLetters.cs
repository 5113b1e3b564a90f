using System.Globalization;
using System.Text;
using Confluent.Kafka;

namespace Beat.Messaging.Shared.Events.Kafka;

/// <summary>Where records go that could not be handled, as they were, with what was wrong.</summary>
public static class DeadLetters
{
    private const string Suffix = ".dlq";
    private const string ErrorCode = "error-code";
    private const string ErrorDetail = "error-detail";
    private const string OriginalTopic = "original-topic";
    private const string OriginalPartition = "original-partition";
    private const string OriginalOffset = "original-offset";
    private static readonly string[] AddedHeaders = [ErrorCode, ErrorDetail, OriginalTopic, OriginalPartition, OriginalOffset];

    public static string TopicOf(string topic) => topic + Suffix;

    internal static Message<string, byte[]> Of(ConsumeResult<string, byte[]> record, string code, string detail)
    {
        var headers = OriginalHeaders(record);
        Add(headers, ErrorCode, code);
        Add(headers, ErrorDetail, detail);
        Add(headers, OriginalTopic, record.Topic);
        Add(headers, OriginalPartition, record.Partition.Value.ToString(CultureInfo.InvariantCulture));
        Add(headers, OriginalOffset, record.Offset.Value.ToString(CultureInfo.InvariantCulture));
        return new Message<string, byte[]> { Key = record.Message.Key, Value = record.Message.Value, Headers = headers };
    }

    /// <summary>
    /// The record as it was before it failed. One without an event id gets what stood for it, its former place, so that it stays
    /// one event.
    /// </summary>
    internal static (string Topic, Message<string, byte[]> Message) Restore(ConsumeResult<string, byte[]> letter, string broker)
    {
        var topic = Header(letter, OriginalTopic) ?? letter.Topic[..^Suffix.Length];
        var headers = OriginalHeaders(letter);
        if (Header(letter, EventId) is null && Header(letter, OriginalPartition) is { } partition
            && Header(letter, OriginalOffset) is { } offset)
            Add(headers, EventId, PositionOf(broker, topic, partition, offset));
        return (topic, new Message<string, byte[]> { Key = letter.Message.Key, Value = letter.Message.Value, Headers = headers });
    }

    /// <summary>One line: what and where it was and what was wrong, never its content.</summary>
    internal static string Describe(ConsumeResult<string, byte[]> letter) =>
        $"{letter.Topic}[{letter.Partition.Value}]@{letter.Offset.Value}  was {Header(letter, OriginalTopic)}[{Header(letter, OriginalPartition)}]"
        + $"@{Header(letter, OriginalOffset)}  {Header(letter, ErrorCode)}: {Header(letter, ErrorDetail)}";

    internal const string EventId = "event-id";

    /// <summary>What stands for the id of an event that has none.</summary>
    internal static string PositionOf(string broker, string topic, string partition, string offset) =>
        $"{broker}/{topic}/{partition}/{offset}";

    internal static string? Header(ConsumeResult<string, byte[]> record, string name) =>
        record.Message.Headers is { } headers && headers.TryGetLastBytes(name, out var bytes) && bytes is not null
            ? Encoding.UTF8.GetString(bytes)
            : null;

    private static Headers OriginalHeaders(ConsumeResult<string, byte[]> record)
    {
        var headers = new Headers();
        foreach (var header in (record.Message.Headers ?? []).Where(header => !AddedHeaders.Contains(header.Key)))
            headers.Add(header.Key, header.GetValueBytes());
        return headers;
    }

    private static void Add(Headers headers, string name, string value) => headers.Add(name, Encoding.UTF8.GetBytes(value));
}
