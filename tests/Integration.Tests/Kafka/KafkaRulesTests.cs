using System.Text;
using System.Text.Json;

namespace Beat.Messaging.Integration.Tests.Kafka;

/// <summary>The rules of REST hold for what other services write, and what can never succeed is not tried again.</summary>
public abstract class KafkaRulesTests(RunningService running)
{
    private const string People = "auth_events", Chat = "messaging_chat_events", Notifications = "messaging_notifications_events";

    private readonly Service service = running.Service;

    [SkippableFact]
    public async Task What_is_malformed_is_a_dead_letter_at_once_that_says_why()
    {
        (string Value, string Code)[] records =
        [
            ("", "malformed"), ("{", "malformed"), ("nonsense", "malformed"),
            ("{\"event_type\":\"profile_created\",}", "malformed"), ("{\"a\":1} {\"b\":2}", "malformed"),
            ("{'event_type':'x'}", "malformed"), ("{\"event_type\":\"a\",\"event_type\":\"b\"}", "malformed"),
            ("{\"\\ud800\":1}", "malformed"), (new string('[', 5000), "malformed"),
            ($"{{\"event_type\":\"profile_created\",\"payload\":{string.Concat(Enumerable.Repeat("{\"a\":", 30))}1{new string('}', 30)}}}", "malformed"), ("null", "validation_error"), ("5", "validation_error"), ("\"text\"", "validation_error"), ("[]", "validation_error"), ("[{}]", "validation_error"),
            ("{}", "validation_error"), (Event(null), "validation_error"), (Event(5), "validation_error"),
            (Event(new JsonObject()), "validation_error"), (Event(new JsonArray("profile_created")), "validation_error"),
            ("{\"event_type\":\"a\\ud800\"}", "validation_error"), ("{\"event_type\":\"profile_created\"}", "validation_error"),
            (Event("profile_created", null), "validation_error"), (Event("profile_created", 5), "validation_error"),
            (Event("profile_created", new JsonArray()), "validation_error"),
            (Event("profile_created", new JsonObject()), "validation_error"),
            (Event("profile_created", Profile(null)), "validation_error"),
            (Event("profile_created", Profile("not-a-uuid")), "validation_error"),
            (Event("profile_created", Profile(7)), "validation_error"),
            (Event("profile_created", Profile("")), "validation_error"),
            (Event("profile_deleted", Profile(true)), "validation_error"),
            (Event("profile_created", Profile($"{Guid.NewGuid()}", ("display_name", 5))), "validation_error"),
            (Event("profile_updated", Profile($"{Guid.NewGuid()}", ("display_name", new JsonArray("x")))), "validation_error"),
            (Event("user_created", Profile($"{Guid.NewGuid()}", ("auth_id", "a\0b"))), "validation_error"),
            (Event("user_created", Profile($"{Guid.NewGuid()}", ("auth_id", new string('a', 9000)))), "validation_error"),
            (Event("user_created", Profile($"{Guid.NewGuid()}"), ("metadata", 5)), "validation_error"),
            (Event("user_created", Profile($"{Guid.NewGuid()}"), ("metadata", new JsonObject { ["event_id"] = 5 })),
                "validation_error"),
                    (Event(
                        "user_created", Profile($"{Guid.NewGuid()}"),
                        ("metadata", new JsonObject { ["event_id"] = new string('e', 9000) })), "validation_error"),
                            (Event("user_created", Profile($"{Guid.NewGuid()}"), ("occurred_at", "yesterday")),
                                "validation_error"),
                                    (Event("user_created", Profile($"{Guid.NewGuid()}"), ("occurred_at", 5)), "validation_error"),
        ];
        var run = $"{Guid.NewGuid()}";
        for (var i = 0; i < records.Length; i++)
            await KafkaProbe.Write(service.Kafka, People, records[i].Value, key: $"{run}-{i}");
        byte[][] broken = [[0xFF, 0xFE, 0x00], [.. "{\"event_type\":\""u8, 0xC3, 0x28, .. "\"}"u8],
            [.. "{\"\xED"u8, 0xA0, 0x80, .. "\":1}"u8], [0xEF, 0xBB, 0xBF]];
        for (var i = 0; i < broken.Length; i++)
            await KafkaProbe.Write(service.Kafka, People, broken[i], key: $"{run}-broken-{i}");

        var letters = await KafkaProbe.ReadUntil(
            service.Kafka, $"{People}.dlq", read => Mine(read, run).Count() >= records.Length + broken.Length);
        var codes = Mine(letters, run)
            .ToDictionary(letter => (string)letter["key"]!, letter => (string?)letter["headers"]!["error-code"]);
        for (var i = 0; i < records.Length; i++)
            Assert.Equal((records[i].Value, records[i].Code), (records[i].Value, codes[$"{run}-{i}"]));
        for (var i = 0; i < broken.Length; i++)
            Assert.Equal("malformed", codes[$"{run}-broken-{i}"]);
        Assert.All(Mine(letters, run), letter => Assert.NotEqual("", (string?)letter["headers"]!["error-detail"]));
        Assert.Contains(
            Mine(letters, run), letter => ((string?)letter["headers"]!["error-detail"])!.Contains(
                "profile_id must be a UUID", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task A_byte_order_mark_is_passed_over_and_what_has_no_value_or_an_unknown_type_is_skipped_and_counted()
    {
        var profile = Guid.NewGuid();
        await KafkaProbe.Write(service.Kafka, People, (byte[]?)null, key: $"{profile}");
        await KafkaProbe.Write(service.Kafka, People, Event("profile_hatched", null), key: $"{profile}");
        await KafkaProbe.Write(
            service.Kafka, People,
            [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(
                Event("profile_created", Profile($"{profile}", ("display_name", "Bom"))))], key: $"{profile}");
        Assert.Equal("Bom", await NameOf(profile));
        var metrics = await service.Anonymous.GetStringAsync("/metrics");
        Assert.Matches("beat_kafka_skipped[a-z_]*_total\\{[^}]*reason=\"tombstone\"[^}]*\\} [1-9]", metrics);
        Assert.Matches("beat_kafka_skipped[a-z_]*_total\\{[^}]*reason=\"unknown_type\"[^}]*\\} [1-9]", metrics);
    }

    public static TheoryData<string, string?> Names => new()
    {
        // JSON, name
        { "\"A\\u0000na\"", "Ana" },
        { $"\"{new string('x', 100_000)}\"", new string('x', 100) },
        { $"\"{string.Concat(Enumerable.Repeat("🧥", 10_000))}\"", string.Concat(Enumerable.Repeat("🧥", 100)) },
        { $"\"{new string(' ', 50_000)}Eva  \\t M.\\n\"", "Eva M." },
        { "\"\\u202eEva\\u202c\"", "Eva" },
        { "\"Eva\\u0007\\u001b\"", "Eva" },
        { "\"E\\ud800va\"", "Eva" },
        { "\"\\udfffE\\ud83d\\ude00\"", "E😀" },
        { "\"\\u200bE\\u200bva\\ufeff\"", "Eva" },
        { "\"Cafe\\u0301\"", "Café" },
        { "\"E\\ufffeva\"", "Eva" },
        { "\"\\u0645\\u06cc\\u200c\\u062e\"", "می\u200Cخ" },
        { "\"\\u200b\\u3164\"", null },
        { "\"\\u0000\"", null },
        { "\"   \"", null },
        { "\"\"", null },
        { "null", null },
    };

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public async Task Nobody_is_unknown_because_of_an_odd_name(string json, string? name)
    {
        var (profile, after) = (Guid.NewGuid(), Guid.NewGuid());
        await KafkaProbe.Write(
            service.Kafka, People,
            $"{{\"event_type\":\"profile_created\",\"payload\":{{\"profile_id\":\"{profile}\",\"auth_id\":\"a\",\"display_name\":{json}}}}}", key: $"{profile}");
        await KafkaProbe.Write(
            service.Kafka, People, Event("profile_created", Profile($"{after}", ("display_name", "After"))), key: $"{profile}");
        Assert.Equal("After", await NameOf(after));
        Assert.Equal(name, await NameOf(profile));
    }

    [SkippableFact]
    public async Task A_time_far_ahead_counts_as_now()
    {
        var profile = Guid.NewGuid();
        foreach (var (name, at) in new[] { ("First", "2999-01-01T00:00:00Z"),
            ("Second", DateTimeOffset.UtcNow.AddMinutes(1).ToString("O")), ("Late", "2020-01-01T00:00:00Z") })
            await KafkaProbe.Write(
                service.Kafka, People, Event(
                    "profile_created", Profile($"{profile}", ("display_name", name)), ("occurred_at", at)), key: $"{profile}");
        await Until.True(async () => await NameOf(profile) == "Second", "the second name");
    }

    [SkippableFact]
    public async Task Messages_and_notifications_of_other_services_obey_the_rules_of_REST()
    {
        var ana = await service.Person("Ana");
        var group = await ana.CreateGroup();
        var stranger = Guid.NewGuid();
        (string Topic, string Type, object Payload, string? EventId, string Code)[] refused =
        [
            (Chat, "text_message", Text(mentions: Ids(500)), null, "validation_error"),
            (Chat, "text_message", Text(mentions: Ids(26)), null, "validation_error"),
            (Chat, "text_message", Text(mentions: [stranger]), null, "validation_error"),
            (Chat, "text_message", Text(), new string('e', 9000), "validation_error"),
            (Chat, "text_message", Text(), new string('e', 129), "validation_error"),
            (Chat, "text_message", Text(), "é", "validation_error"),
            (Chat, "text_message", Text(), "a\nb", "validation_error"),
            (Chat, "text_message", Text(new string('x', 4001)), null, "message_too_long"),
            (Chat, "text_message", Text($"{new string(' ', 4001)}x"), null, "message_too_long"),
            (Chat, "text_message", Text(""), null, "validation_error"),
            (Chat, "text_message", Text(" \u200B\n"), null, "validation_error"),
            (Chat, "text_message", Text("a\0b"), null, "validation_error"),
            (Chat, "text_message", new { group_id = group, sender_id = ana.Id }, null, "validation_error"),
            (Chat, "text_message", new { group_id = group, sender_id = ana.Id, content = 5 }, null, "validation_error"),
            (Chat, "text_message", new { group_id = group, sender_id = ana.Id, content = "x", mentions = "all" }, null,
                "validation_error"),
            (Chat, "text_message", new { group_id = group, sender_id = ana.Id, content = "x", reply_to = Guid.NewGuid() }, null,
                "validation_error"),
            (Chat, "text_message", new { group_id = Guid.NewGuid(), sender_id = ana.Id, content = "x" }, null, "group_not_found"),
            (Chat, "text_message", new { group_id = group, sender_id = stranger, content = "x" }, null, "group_not_found"),
            (Chat, "borrow_message", new { group_id = group, sender_id = ana.Id, content = "x" }, null, "validation_error"),
            (Chat, "borrow_message",
                new { group_id = group, sender_id = ana.Id, content = "x", garment_id = Guid.NewGuid(),
                    borrow = new { kind = "gift" } }, null, "validation_error"),
            (Chat, "borrow_message",
                new { group_id = group, sender_id = ana.Id, content = "x", garment_id = Guid.NewGuid(),
                    borrow = new { owner_id = stranger } }, null, "validation_error"),
            (Chat, "borrow_message",
                new { group_id = group, sender_id = ana.Id, content = "x", garment_id = Guid.NewGuid(), mentions = Ids(26) },
                null, "validation_error"),
            (Chat, "system_message", new { group_id = group, content = new string('x', 4001) }, null, "message_too_long"),
            (Chat, "system_message", new { group_id = group, content = "\u3164" }, null, "validation_error"),
            (Notifications, "notify", Note(title: new string('t', 201)), null, "validation_error"),
            (Notifications, "notify", Note(title: ""), null, "validation_error"),
            (Notifications, "notify", Note(title: "a\0"), null, "validation_error"),
            (Notifications, "notify", Note(body: new string('b', 1001)), null, "validation_error"),
            (Notifications, "notify", Note(type: new string('t', 129)), null, "validation_error"),
            (Notifications, "notify", Note(type: ""), null, "validation_error"),
            (Notifications, "notify", Note(data: new { x = new string('d', 9000) }), null, "validation_error"),
            (Notifications, "notify", Note(data: new JsonArray(1)), null, "validation_error"),
            (Notifications, "notify", Note(data: "text"), null, "validation_error"),
            (Notifications, "notify", Note(), new string('e', 200), "validation_error"),
            (Notifications, "notify_invite_created",
                new { recipient_id = ana.Id, group_id = group, group_name = new string('g', 101) }, null, "validation_error"),
            (Notifications, "notify_invite_created", new { recipient_id = ana.Id, group_id = group, group_name = "\u202Eg" },
                null, "validation_error"),
            (Notifications, "notify_invite_created", new { recipient_id = "me", group_id = group, group_name = "g" }, null,
                "validation_error"),
        ];
        var run = $"{Guid.NewGuid()}";
        for (var i = 0; i < refused.Length; i++)
        {
            await KafkaProbe.Write(
                service.Kafka, refused[i].Topic,
                Event(refused[i].Type, JsonSerializer.SerializeToNode(refused[i].Payload),
                    ("metadata", new JsonObject { ["event_id"] = refused[i].EventId })), key: $"{run}-{i}");
        }
        // What obeys them arrives.
        await KafkaProbe.Write(
            service.Kafka, Chat, Event(
                "text_message", JsonSerializer.SerializeToNode(Text(new string('x', 4000), [ana.Id])), ("extra", 1)), key: run);
        await KafkaProbe.Write(
            service.Kafka, Notifications,
            Event(
                "notify", JsonSerializer.SerializeToNode(
                    Note(new string('t', 200), new string('b', 1000), data: new { x = new string('d', 8000) }))), key: run);
        await Until.True(
            async () => (await ana.Get("/api/notifications?type=garment")).Expect(200)["data"]!.AsArray().Count == 1,
            "the notification");
        await Until.True(
            async () => (await ana.Get($"/api/groups/{group}/messages")).Expect(200)["data"]!.AsArray().Count == 1,
            "the message");

        foreach (var topic in new[] { Chat, Notifications })
        {
            var expected = Enumerable.Range(0, refused.Length).Where(i => refused[i].Topic == topic).ToList();
            var letters = Mine(
                await KafkaProbe.ReadUntil(service.Kafka, $"{topic}.dlq", read => Mine(read, run).Count() >= expected.Count), run)
                .ToDictionary(letter => (string)letter["key"]!, letter => (string?)letter["headers"]!["error-code"]);
            foreach (var i in expected)
                Assert.Equal((i, refused[i].Code), (i, letters[$"{run}-{i}"]));
        }
        Assert.Single((await ana.Get($"/api/groups/{group}/messages")).Expect(200)["data"]!.AsArray());

        object Text(string content = "x", IReadOnlyList<Guid>? mentions = null) =>
            new { group_id = group, sender_id = ana.Id, content, mentions };

        object Note(string title = "t", string body = "b", string type = "garment", object? data = null) =>
            new { recipient_id = ana.Id, type, title, body, data };

        static Guid[] Ids(int count) => [.. Enumerable.Range(0, count).Select(_ => Guid.NewGuid())];
    }

    private async Task<string?> NameOf(Guid profile)
    {
        var ana = await service.Person("Ana");
        JsonNode? found = null;
        await Until.True(
            async () => (found = (await ana.Get($"/api/users?ids={profile}")).Expect(200)["data"]!.AsArray()
                .FirstOrDefault()) is not null, $"{profile}");
        return (string?)found!["display_name"];
    }

    private static IEnumerable<JsonNode> Mine(IEnumerable<JsonNode> letters, string run) =>
        letters.Where(letter => ((string?)letter["key"])?.StartsWith(run, StringComparison.Ordinal) == true)
            .DistinctBy(letter => (string?)letter["key"]);

    private static JsonObject Profile(JsonNode? id, params (string Name, JsonNode? Value)[] more)
    {
        var payload = new JsonObject { ["profile_id"] = id };
        foreach (var (name, value) in more)
            payload[name] = value;
        return payload;
    }

    private static string Event(JsonNode? type, JsonNode? payload = null, params (string Name, JsonNode? Value)[] more)
    {
        var written = new JsonObject { ["event_type"] = type, ["payload"] = payload };
        foreach (var (name, value) in more)
            written[name] = value;
        return written.ToJsonString();
    }
}

/// <inheritdoc/>
public sealed class EmbeddedKafkaRulesTests(EmbeddedService running) : KafkaRulesTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealKafkaRulesTests(RealService running) : KafkaRulesTests(running), IClassFixture<RealService>;
