using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using Beat.Messaging.Shared.Hosting.Json;

namespace Beat.Messaging.Shared.Events;

/// <summary>The platform's envelope around an event, as it stands in a Kafka value.</summary>
public static class EventEnvelope
{
    /// <summary>The <c>source</c> of every record that this service writes.</summary>
    public const string Source = "messaging_service";

    private const int Version = 1;

    /// <param name="payload">JSON of the event, written as it is.</param>
    /// <returns>UTF-8 JSON.</returns>
    public static ReadOnlyMemory<byte> Write(
        string key, string eventType, ReadOnlySpan<byte> payload, Guid eventId, string? traceParent, string aggregateId,
        long aggregateVersion, DateTimeOffset occurredAt)
    {
        var buffer = new ArrayBufferWriter<byte>(payload.Length + 400);
        using var json = new Utf8JsonWriter(
            buffer, new JsonWriterOptions { SkipValidation = true, Encoder = WireJson.Options.Encoder });
        json.WriteStartObject();
        json.WriteNumber("version", Version);
        json.WriteString("key", key);
        json.WriteString("event_type", eventType);
        json.WritePropertyName("payload");
        json.WriteRawValue(payload, skipInputValidation: true);
        json.WriteStartObject("metadata");
        json.WriteString("source", Source);
        json.WriteString("event_id", eventId);
        json.WriteString("trace_id", TraceIdOf(traceParent));
        json.WriteString("aggregate_id", aggregateId);
        json.WriteNumber("aggregate_version", aggregateVersion);
        json.WriteEndObject();
        json.WritePropertyName("occurred_at");
        JsonSerializer.Serialize(json, occurredAt, WireJson.Options);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    /// <returns>32 hex digits, or null.</returns>
    public static string? TraceIdOf(string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, out var context) ? context.TraceId.ToHexString() : null;
}
