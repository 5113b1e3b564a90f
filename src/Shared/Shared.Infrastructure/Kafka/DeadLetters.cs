using System.Globalization;
using System.Text;
using Confluent.Kafka;

namespace Beat.Messaging.Shared.Infrastructure.Kafka;

/// <summary>Where records go that could not be handled, as they were, with what was wrong.</summary>
internal static class DeadLetters
{
    public static string TopicOf(string topic) => $"{topic}.dlq";

    public static Message<string, byte[]> Of(ConsumeResult<string, byte[]> record, string code, string detail)
    {
        var headers = new Headers();
        foreach (var header in record.Message.Headers ?? [])
            headers.Add(header.Key, header.GetValueBytes());
        Add("error-code", code);
        Add("error-detail", detail);
        Add("original-topic", record.Topic);
        Add("original-partition", record.Partition.Value.ToString(CultureInfo.InvariantCulture));
        Add("original-offset", record.Offset.Value.ToString(CultureInfo.InvariantCulture));
        return new Message<string, byte[]> { Key = record.Message.Key, Value = record.Message.Value, Headers = headers };

        void Add(string name, string value) => headers.Add(name, Encoding.UTF8.GetBytes(value));
    }
}
