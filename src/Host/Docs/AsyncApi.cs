using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Beat.Messaging.Notifications.Contracts;
using Beat.Messaging.Shared.Hosting.Json;

namespace Beat.Messaging.Host.Docs;

/// <summary>
/// What the service writes to Kafka and reads from it, as an AsyncAPI 3 document made from what the modules registered.
/// </summary>
internal static class AsyncApi
{
    public static JsonObject Document(IEnumerable<EventRegistration> events, IEnumerable<KafkaTopic> read)
    {
        var written = events.OrderBy(e => e.WireName, StringComparer.Ordinal).ToLookup(e => e.Topic);
        var consumed = read.OrderBy(topic => topic.Topic, StringComparer.Ordinal).ToList();
        var (channels, operations, messages) = (new JsonObject(), new JsonObject(), new JsonObject());
        foreach (var topic in written.Select(of => of.Key).Concat(consumed.Select(of => of.Topic)).Distinct()
            .Order(StringComparer.Ordinal))
            channels[topic] = Channel(topic);

        foreach (var topic in written.OrderBy(of => of.Key, StringComparer.Ordinal))
        {
            foreach (var registration in topic)
            {
                messages[registration.WireName] = Written(registration);
                AddTo(channels, topic.Key, registration.WireName);
            }
            operations[$"write_{topic.Key}"] = Operation(
                "send", topic.Key, topic.Select(e => e.WireName), $"What the service writes to `{topic.Key}`.");
        }
        foreach (var topic in consumed)
        {
            foreach (var (eventType, payload) in topic.Payloads)
            {
                messages[Incoming(eventType)] = Consumed(eventType, payload);
                AddTo(channels, topic.Topic, Incoming(eventType));
            }
            var operation = Operation(
                "receive", topic.Topic, topic.Payloads.Select(p => Incoming(p.EventType)),
                $"What the service reads from `{topic.Topic}`.");
            operation["bindings"] = Kafka(
                new JsonObject { ["groupId"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray(topic.Group) } });
            operations[$"read_{topic.Topic}"] = operation;

            var deadLetters = DeadLetters.TopicOf(topic.Topic);
            messages[DeadLetter] ??= DeadLetterMessage();
            channels[deadLetters] = Channel(deadLetters);
            AddTo(channels, deadLetters, DeadLetter);
            operations[$"write_{deadLetters}"] = Operation(
                "send", deadLetters, [DeadLetter], $"Records of `{topic.Topic}` that could not be handled.");
        }
        return new JsonObject
        {
            ["asyncapi"] = "3.0.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Beat Messaging: Kafka",
                ["version"] = "1",
                ["description"] =
                    "Every change of the messaging service as an event, **at least once**: keep the `event-id`s that you have handled, or "
                    + "compare `aggregate_version`. Records of one key are in order. The events of one aggregate first appear in the order of "
                    + "its version, the messages of a group in order of `seq`.",
            },
            ["defaultContentType"] = "application/json",
            ["channels"] = channels,
            ["operations"] = operations,
            ["components"] = new JsonObject
            {
                ["messages"] = messages,
                ["schemas"] = new JsonObject { ["Headers"] = Headers(), ["Envelope"] = Envelope() },
            },
        };
    }

    private const string DeadLetter = "dead_letter";

    private static string Incoming(string eventType) => $"{eventType}.incoming";

    private static JsonObject Channel(string topic) => new()
    {
        ["address"] = topic,
        ["messages"] = new JsonObject(),
        ["bindings"] = Kafka(new JsonObject { ["topic"] = topic }),
    };

    private static void AddTo(JsonObject channels, string topic, string message) =>
        channels[topic]!["messages"]![message] = Reference($"#/components/messages/{message}");

    private static JsonObject Operation(string action, string topic, IEnumerable<string> messages, string summary) => new()
    {
        ["action"] = action,
        ["summary"] = summary,
        ["channel"] = Reference($"#/channels/{topic}"),
        ["messages"] = new JsonArray([.. messages.Select(message => Reference($"#/channels/{topic}/messages/{message}"))]),
    };

    private static JsonObject Written(EventRegistration registration) => new()
    {
        ["name"] = registration.WireName,
        ["title"] = registration.WireName,
        ["summary"] = XmlDocs.Summary(registration.Type),
        ["contentType"] = "application/json",
        ["headers"] = Reference("#/components/schemas/Headers"),
        ["payload"] = Enveloped(registration.WireName, Schema(registration.Type)),
        ["bindings"] = Kafka(new JsonObject
        {
            ["key"] = Text(registration.Topic == NotificationTopics.Events ? "The recipient's profile id."
                : registration.Type.GetProperty("GroupId") is null ? "The person's profile id." : "The group's id."),
        }),
    };

    /// <summary>Other services write less of the envelope; what is read of it is all that is asked for.</summary>
    private static JsonObject Consumed(string eventType, Type payload) => new()
    {
        ["name"] = eventType,
        ["title"] = $"{eventType} of another service",
        ["summary"] = XmlDocs.Summary(payload),
        ["contentType"] = "application/json",
        ["payload"] = new JsonObject
        {
            ["type"] = "object",
            ["required"] = new JsonArray("event_type", "payload"),
            ["properties"] = new JsonObject
            {
                ["event_type"] = new JsonObject { ["const"] = eventType },
                ["payload"] = Schema(payload),
                ["metadata"] = new JsonObject
                {
                    ["type"] = "object",
                    ["properties"] = new JsonObject
                    {
                        ["source"] = Text("The service that wrote it."),
                        ["event_id"] = Text(
                            "What makes it one event however often it comes; without it, its place in the topic does."),
                    },
                },
                ["occurred_at"] = Time("When it happened; the record's own time where it is absent."),
            },
        },
    };

    private static JsonObject DeadLetterMessage() => new()
    {
        ["name"] = DeadLetter,
        ["title"] = "A record that could not be handled",
        ["summary"] = "Key, value and headers as they were, with what was wrong.",
        ["headers"] = new JsonObject
        {
            ["type"] = "object",
            ["required"] = new JsonArray("error-code", "error-detail", "original-topic", "original-partition", "original-offset"),
            ["properties"] = new JsonObject
            {
                ["error-code"] = Text("`malformed`, `failed`, or the code of the refusal."),
                ["error-detail"] = Text("For a person to read."),
                ["original-topic"] = Text("Where it was read."),
                ["original-partition"] = Text("In decimal."),
                ["original-offset"] = Text("In decimal."),
            },
        },
        ["payload"] = new JsonObject(),
    };

    private static JsonObject Headers() => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray("event-id", "event-type", "source", "content-type"),
        ["properties"] = new JsonObject
        {
            ["event-id"] = Id("The same at every delivery."),
            ["event-type"] = Text("As in the value, to skip what is not wanted without parsing it."),
            ["source"] = new JsonObject { ["const"] = EventEnvelope.Source },
            ["content-type"] = new JsonObject { ["const"] = "application/json" },
            ["traceparent"] = Text("W3C trace context of the request that caused it."),
        },
    };

    private static JsonObject Envelope() => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray("version", "key", "event_type", "payload", "metadata", "occurred_at"),
        ["properties"] = new JsonObject
        {
            ["version"] = new JsonObject { ["const"] = 1, ["description"] = "Of the envelope." },
            ["key"] = Text("The record's key."),
            ["event_type"] = Text("What happened."),
            ["payload"] = new JsonObject { ["type"] = "object" },
            ["metadata"] = new JsonObject
            {
                ["type"] = "object",
                ["required"] = new JsonArray("source", "event_id", "trace_id", "aggregate_id", "aggregate_version"),
                ["properties"] = new JsonObject
                {
                    ["source"] = new JsonObject { ["const"] = EventEnvelope.Source },
                    ["event_id"] = Id("The same at every delivery."),
                    ["trace_id"] =
                        new JsonObject
                        {
                            ["type"] = new JsonArray("string", "null"),
                            ["description"] = "32 hex digits, to find it in the traces."
                        },
                    ["aggregate_id"] = Text("What changed: a group, `<group_id>:members`, an invite, a message, a notification."),
                    ["aggregate_version"] =
                        new JsonObject
                        {
                            ["type"] = "integer",
                            ["minimum"] = 1,
                            ["description"] = "Rises with every change of that aggregate that makes an event."
                        },
                },
            },
            ["occurred_at"] = Time("When it was committed, UTC."),
        },
    };

    private static JsonObject Enveloped(string eventType, JsonNode payload) => new()
    {
        ["allOf"] = new JsonArray(
            Reference("#/components/schemas/Envelope"),
            new JsonObject
            {
                ["type"] = "object",
                ["properties"] =
                    new JsonObject { ["event_type"] = new JsonObject { ["const"] = eventType }, ["payload"] = payload },
            }),
    };

    private static JsonNode Schema(Type type) => WireJson.Options.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = static (context, schema) => Described(context, schema),
    });

    private static JsonNode Described(JsonSchemaExporterContext context, JsonNode schema)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        // The exporter knows nothing of a type with a converter of its own.
        if (type == typeof(DateTimeOffset))
        {
            schema = Time(null);
            if (context.PropertyInfo is { IsGetNullable: true })
                schema["type"] = new JsonArray("string", "null");
        }
        if (schema is JsonObject described && context.PropertyInfo is { } property && XmlDocs.Parameter(property) is { } about)
            described["description"] = about;
        return schema;
    }

    private static JsonObject Kafka(JsonObject binding)
    {
        binding["bindingVersion"] = "0.5.0";
        return new JsonObject { ["kafka"] = binding };
    }

    private static JsonObject Reference(string to) => new() { ["$ref"] = to };

    private static JsonObject Text(string description) => new() { ["type"] = "string", ["description"] = description };

    private static JsonObject Id(string description) =>
        new() { ["type"] = "string", ["format"] = "uuid", ["description"] = description };

    private static JsonObject Time(string? description)
    {
        var time = new JsonObject { ["type"] = "string", ["format"] = "date-time" };
        if (description is not null)
            time["description"] = description;
        return time;
    }
}
