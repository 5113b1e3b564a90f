namespace Beat.Messaging.Integration.Tests.Kafka;

/// <summary>Both ways over the real wire.</summary>
public abstract class KafkaTests(RunningService running)
{
    private readonly Service service = running.Service;

    [SkippableFact]
    public async Task Every_change_is_mirrored_with_its_key_and_envelope()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup("Mirrored");
        await ana.Invite(group, rui, "moderator");
        (await ana.Patch($"/api/groups/{group}", new { description = "Changed" })).Expect(200);
        (await ana.Patch($"/api/groups/{group}/members/{rui.Id}", new { role = "admin" })).Expect(200);
        (await ana.Post($"/api/groups/{group}/transfer", new { member_id = rui.Id })).Expect(200);
        (await rui.Delete($"/api/groups/{group}/kick", new { member_id = ana.Id })).Expect(200);
        (await rui.Delete($"/api/groups/{group}")).Expect(204);

        string[] expected =
        [
            "group_created", "member_joined", "invite_created", "invite_accepted", "member_joined", "group_updated",
            "change_role", "ownership_transferred", "group_updated", "kick_member", "group_deleted",
            // How the invitee came in.
            "entry_requested", "entry_decided",
            // For the group and the invite.
            "points_awarded", "points_awarded",
        ];
        var all = await KafkaProbe.ReadUntil(
            service.Kafka, "messaging_events", read => Once(read, group).Count >= expected.Length);
        var mine = Once(all, group);
        Assert.Equal(expected.Order(), mine.Select(r => (string)r["value"]!["event_type"]!).Order());

        var created = mine.Single(r => (string)r["value"]!["event_type"]! == "group_created");
        var value = created["value"]!;
        Assert.Equal(1, (int)value["version"]!);
        Assert.Equal($"{group}", (string?)value["key"]);
        Assert.Equal("messaging_service", (string?)value["metadata"]!["source"]);
        Assert.Equal((string?)value["metadata"]!["event_id"], (string?)created["headers"]!["event-id"]);
        Assert.Equal("group_created", (string?)created["headers"]!["event-type"]);
        Assert.Equal("application/json", (string?)created["headers"]!["content-type"]);
        Assert.Equal($"{ana.Id}", (string?)value["payload"]!["creator_id"]);
        Assert.False(string.IsNullOrEmpty((string?)value["payload"]!["creator_auth_id"]));
        Assert.Equal(
            ["group_id", "creator_id", "creator_auth_id", "name", "is_public", "description", "avatar_url", "inserted_at"],
            value["payload"]!.AsObject().Select(field => field.Key));

        // The events of one aggregate come in the order of its version.
        foreach (var aggregate in mine.GroupBy(r => (string)r["value"]!["metadata"]!["aggregate_id"]!))
        {
            var versions = aggregate.Select(r => (long)r["value"]!["metadata"]!["aggregate_version"]!).ToList();
            Assert.Equal(versions.Order().Distinct(), versions);
        }
    }

    [SkippableFact]
    public async Task Messages_are_mirrored_in_order_of_seq_and_as_first_sent()
    {
        var ana = await service.Person("Ana");
        var group = await ana.CreateGroup();
        for (var i = 1; i <= 30; i++)
            await ana.SendText(group, $"{i}");
        var first = (await ana.Get($"/api/groups/{group}/messages?after=0&limit=1")).Expect(200)["data"]![0]!["id"];
        (await ana.Patch($"/api/groups/{group}/messages/{first}", new { content = "one" })).Expect(200);
        (await ana.Delete($"/api/groups/{group}/messages/{first}")).Expect(204);

        var all = await KafkaProbe.ReadUntil(service.Kafka, "messaging_chat_events", read => Once(read, group).Count >= 32);
        var mine = Once(all, group).ConvertAll(r => r["value"]!);
        var texts = mine.Where(v => (string)v["event_type"]! == "text_message").ToList();
        Assert.Equal(Enumerable.Range(1, 30).Select(i => (long)i), texts.Select(t => (long)t["payload"]!["seq"]!));
        Assert.Equal("1", (string?)texts[0]["payload"]!["content"]);
        Assert.Equal("one", (string?)mine.Single(v => (string)v["event_type"]! == "message_edited")["payload"]!["content"]);
        Assert.Equal(3, (int)mine.Single(v => (string)v["event_type"]! == "message_deleted")["payload"]!["revision"]!);
    }

    [SkippableFact]
    public async Task Another_services_message_is_sent_once_and_mirrored_as_ours()
    {
        var ana = await service.Person("Ana");
        var group = await ana.CreateGroup();
        var eventId = Guid.NewGuid();
        var text = Envelope(
            "core_service", "text_message", new { group_id = group, sender_id = ana.Id, content = "from core" }, eventId);
        await KafkaProbe.Write(service.Kafka, "messaging_chat_events", text);
        await KafkaProbe.Write(service.Kafka, "messaging_chat_events", text);
        await KafkaProbe.Write(
            service.Kafka, "messaging_chat_events",
            Envelope("core_service", "system_message", new { group_id = group, content = "Maintenance at ten" }));
        await Until.True(
            async () => (await ana.Get($"/api/groups/{group}/messages")).Expect(200)["data"]!.AsArray().Count >= 2,
            "both messages");
        var listed = (await ana.Get($"/api/groups/{group}/messages")).Expect(200)["data"]!.AsArray();
        Assert.Equal(
            ["from core", "Maintenance at ten"],
            listed.Select(m => (string)m!["payload"]!["content"]!).OrderByDescending(text => text, StringComparer.Ordinal));
        Assert.Contains(listed, m => (string)m!["type"]! == "system" && m["sender_id"]!.GetValue<Guid>() == Guid.Empty);
        var mirrored = await KafkaProbe.ReadUntil(
            service.Kafka, "messaging_chat_events",
            read => read.Any(r => Is(r, group) && (string?)r["value"]!["metadata"]?["source"] == "messaging_service"));
        Assert.NotEmpty(mirrored);
    }

    [SkippableFact]
    public async Task A_poisoned_record_goes_to_the_dead_letters_and_stops_nobody()
    {
        await KafkaProbe.Write(service.Kafka, "auth_events", "{broken", key: "poison-1");
        await KafkaProbe.Write(
            service.Kafka, "auth_events", Envelope("auth_events", "profile_created", new { display_name = "Nobody" }),
            key: "poison-2");
        var profile = Guid.NewGuid();
        await KafkaProbe.Write(
            service.Kafka, "auth_events",
            Envelope("core_service", "profile_created",
                new { auth_id = "a", profile_id = profile, display_name = "Eva", role = "client" }));
        var ana = await service.Person("Ana");
        await Until.True(
            async () => (await ana.Get($"/api/users?ids={profile}")).Expect(200)["data"]!.AsArray().Count == 1, "Eva");
        var letters = await KafkaProbe.ReadUntil(service.Kafka, "auth_events.dlq", read => read.Count >= 2);
        var letter = letters.Single(l => (string?)l["key"] == "poison-1");
        Assert.Equal("auth_events", (string?)letter["headers"]!["original-topic"]);
        Assert.Equal("malformed", (string?)letter["headers"]!["error-code"]);
        Assert.NotNull((string?)letter["headers"]!["original-offset"]);
    }

    [SkippableFact]
    public async Task Another_service_notifies_once_per_event()
    {
        var ana = await service.Person("Ana");
        var notify = Envelope(
            "core_service", "notify",
            new { recipient_id = ana.Id, type = "garment", title = "Due", body = "Tomorrow", data = new { x = 1 } },
            Guid.NewGuid());
        await KafkaProbe.Write(service.Kafka, "messaging_notifications_events", notify);
        await KafkaProbe.Write(service.Kafka, "messaging_notifications_events", notify);
        await KafkaProbe.Write(
            service.Kafka, "messaging_notifications_events",
            Envelope("core_service", "notify_invite_created",
                new { recipient_id = ana.Id, actor_id = Guid.NewGuid(), group_id = Guid.NewGuid(), group_name = "Elsewhere" }));
        await Until.True(
            async () => (await ana.Get("/api/notifications")).Expect(200)["data"]!.AsArray().Count >= 2, "two notifications");
        Assert.Equal(
            ["garment", "group_invite"],
            (await ana.Get("/api/notifications")).Expect(200)["data"]!.AsArray().Select(n => (string)n!["type"]!).Order());
    }

    [SkippableFact]
    public async Task Kcat_reads_a_group_and_writes_a_user_who_can_make_one()
    {
        Tool.Require("kcat");
        var (profile, auth) = (Guid.NewGuid(), Guid.NewGuid());
        await Tool.Run(
            "kcat", ["-P", "-b", service.Kafka, "-t", "auth_events"],
            Envelope("core_service", "profile_created",
                new { auth_id = auth, profile_id = profile, display_name = "Kat", role = "client" }) + "\n");
        var ana = await service.Person("Ana");
        await Until.True(
            async () => (await ana.Get($"/api/users?ids={profile}")).Expect(200)["data"]!.AsArray().Count == 1, "Kat");
        var kat = await service.Person("Kat", profileId: profile);
        var group = await kat.CreateGroup("Made by Kat");
        var found = "";
        await Until.True(
            async () =>
            {
                var read = await Tool.Run(
                    "kcat", ["-C", "-b", service.Kafka, "-t", "messaging_events", "-e", "-q", "-f", "%k %s\\n"]);
                found = read.Split('\n').FirstOrDefault(
                    line => line.StartsWith($"{group} ", StringComparison.Ordinal) && line.Contains("group_created")) ?? "";
                return found.Length > 0;
            },
            "group_created in kcat");
        var payload = JsonNode.Parse(found[37..])!["payload"]!;
        Assert.Equal($"{profile}", (string?)payload["creator_id"]);
        Assert.Equal("Made by Kat", (string?)payload["name"]);
    }

    /// <summary>Our events of a group in the order in which they first appear: a repeat does not count.</summary>
    private static List<JsonNode> Once(IEnumerable<JsonNode> read, Guid group) =>
        [.. read.Where(r => Is(r, group)).DistinctBy(r => (string?)r["value"]!["metadata"]!["event_id"])];

    private static bool Is(JsonNode record, Guid group) =>
        record["value"] is JsonObject value && value["payload"]?["group_id"]?.ToString() == $"{group}"
            && (string?)value["metadata"]?["source"] == "messaging_service";

    private static string Envelope(string source, string type, object payload, Guid? eventId = null) => new JsonObject
    {
        ["version"] = 1,
        ["key"] = $"{Guid.NewGuid()}",
        ["event_type"] = type,
        ["payload"] = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(payload)),
        ["metadata"] = eventId is null
            ? new JsonObject { ["source"] = source }
            : new JsonObject { ["source"] = source, ["event_id"] = $"{eventId}" },
        ["occurred_at"] = "2026-11-23T09:50:30.723617422Z",
    }.ToJsonString();
}

/// <inheritdoc/>
public sealed class EmbeddedKafkaTests(EmbeddedService running) : KafkaTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealKafkaTests(RealService running) : KafkaTests(running), IClassFixture<RealService>;
