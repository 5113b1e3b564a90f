using System.Diagnostics;

namespace Beat.Messaging.Notifications.Tests;

/// <summary>Who is told what, once, and what silences it.</summary>
public abstract class NotificationTests(RunningService running)
{
    private readonly Service service = running.Service;

    [SkippableFact]
    public async Task A_mention_and_a_reply_are_told_once_and_hold_no_content()
    {
        var (group, ana, rui, eva) = await Trio("Coats");
        await using var ruis = await rui.Connect();
        var first = await Say(rui, group, "Who has a raincoat?");
        // Rui is mentioned in an answer to his own message: one notification, not two.
        var answer = await Say(ana, group, "I have a secret one", [rui.Id, rui.Id, ana.Id], replyTo: first);
        var mention = (await ruis.Await("NotificationReceived", 1, n => (string?)n["type"] == "mention"))[0];
        Assert.Equal("Ana mentioned you in Coats", (string?)mention["title"]);
        Assert.Equal($"{answer}", (string?)mention["data"]!["message_id"]);
        Assert.Equal(2, (long)mention["data"]!["seq"]!);
        Assert.Equal($"{group}", (string?)mention["data"]!["group_id"]);
        Assert.Equal(
            ("message", $"{answer}", $"{ana.Id}"),
            ((string)mention["metadata"]!["reference_type"]!, (string)mention["metadata"]!["reference_id"]!,
                (string)mention["metadata"]!["actor_id"]!));
        Assert.DoesNotContain("secret", mention.ToJsonString(), StringComparison.Ordinal);

        await Say(eva, group, "Me too", replyTo: first);
        Assert.Equal(
            "Eva answered you in Coats",
            (string?)(await ruis.Await("NotificationReceived", 1, n => (string?)n["type"] == "reply"))[0]["title"]);
        // An answer to oneself is not told; what comes after it shows that it was looked at.
        await Say(rui, group, "Nobody?", replyTo: first);
        await Say(ana, group, "Here", [rui.Id]);
        await ruis.Await("NotificationReceived", 2, n => (string?)n["type"] == "mention");
        Assert.Equal(
            ["mention", "reply", "mention"],
            (await Told(rui, group)).Where(n => (string?)n["type"] != "group_invite").Select(n => (string)n["type"]!));
        Assert.DoesNotContain(await Told(ana, group), n => (string?)n["type"] is "mention" or "reply");
    }

    [SkippableFact]
    public async Task An_edit_tells_only_who_is_newly_mentioned()
    {
        var (group, ana, rui, eva) = await Trio();
        var id = await Say(ana, group, "Rui?", [rui.Id]);
        await Until.True(async () => await Count(rui, group, "mention") == 1, "Rui is told");
        var path = $"/api/groups/{group}/messages/{id}";
        (await ana.Patch(path, new { content = "Rui, please?" })).Expect(200);
        (await ana.Patch(path, new { content = "Rui and Eva?", mentions = new[] { rui.Id, eva.Id } })).Expect(200);
        await Until.True(async () => await Count(eva, group, "mention") == 1, "Eva is told");
        (await ana.Patch(path, new { content = "Nobody", mentions = Array.Empty<Guid>() })).Expect(200);
        (await ana.Patch(path, new { content = "Rui after all", mentions = new[] { rui.Id, eva.Id } })).Expect(200);
        await Say(ana, group, "Done", [rui.Id, eva.Id]);
        await Until.True(async () => await Count(eva, group, "mention") == 2, "Eva is told of the next");
        Assert.Equal(2, await Count(rui, group, "mention"));
        Assert.Equal(
            "validation_error", (await ana.Patch(path, new { content = "x", mentions = new[] { Guid.NewGuid() } })).Code);
    }

    [SkippableFact]
    public async Task Preferences_are_for_members_and_silence_all_but_what_is_about_the_person()
    {
        var (group, ana, rui, eva) = await Trio();
        var other = await rui.CreateGroup("Another");
        var listed = (await rui.Get("/api/notifications/preferences")).Expect(200)["data"]!.AsArray();
        Assert.Equal([$"{group}", $"{other}"], listed.Select(p => (string)p!["group_id"]!));
        Assert.All(listed, p => Assert.Equal("mentions", (string?)p!["level"]));
        Assert.Single((await rui.Get("/api/notifications/preferences?limit=1")).Expect(200)["data"]!.AsArray());

        var set = (await rui.Put("/api/notifications/preferences", new { group_id = group, level = "none" })).Expect(200);
        Assert.Equal("none", (string?)set["level"]);
        Assert.Null((string?)set["muted_until"]);
        (await eva.Put(
            "/api/notifications/preferences", new { group_id = group, level = "all", muted_until = "2100-01-01T00:00:00Z" }))
                .Expect(200);
        Assert.Equal(
            "2100-01-01T00:00:00.000Z",
            (string?)(await eva.Get("/api/notifications/preferences")).Expect(200)["data"]![0]!["muted_until"]);
        Assert.Equal(
            "group_not_found", (await ana.Put("/api/notifications/preferences", new { group_id = other, level = "all" })).Code);
        Assert.Equal(
            "group_not_found",
            (await ana.Put("/api/notifications/preferences", new { group_id = Guid.NewGuid(), level = "all" })).Code);
        foreach (var bad in new object[] { new { group_id = group, level = "some" }, new { group_id = group },
            new { level = "all" }, new { group_id = group, level = "all", muted_until = "soon" } })
            Assert.Equal(400, (await rui.Put("/api/notifications/preferences", bad)).Status);

        var witness = await service.Person("Witness");
        await ana.Invite(group, witness);
        var silenced = await Say(ana, group, "Everybody", [rui.Id, eva.Id, witness.Id]);
        await Until.True(async () => await Count(witness, group, "mention") == 1, "the message is told to others");
        Assert.Equal(
            (0, 0, 0),
            (await Count(rui, group, "mention"), await Count(eva, group, "mention"), await Count(eva, group, "message")));
        // What is about the person comes all the same.
        (await ana.Patch($"/api/groups/{group}/members/{rui.Id}", new { role = "moderator" })).Expect(200);
        (await ana.Delete($"/api/groups/{group}/members/{eva.Id}")).Expect(200);
        Assert.Equal(1, await Count(rui, group, "role_changed"));
        Assert.Equal(1, await Count(eva, group, "member_kicked"));
        Assert.Equal(
            "group_not_found", (await eva.Put("/api/notifications/preferences", new { group_id = group, level = "all" })).Code);

        // A mute that has passed mutes nothing, and what was silenced is not told by an edit.
        (await rui.Put(
            "/api/notifications/preferences", new { group_id = group, level = "mentions", muted_until = "2020-01-01T00:00:00Z" }))
                .Expect(200);
        (await ana.Patch($"/api/groups/{group}/messages/{silenced}", new { content = "Everybody!" })).Expect(200);
        await Say(ana, group, "Again", [rui.Id]);
        await Until.True(async () => await Count(rui, group, "mention") == 1, "Rui is told again");
        Assert.Equal(2, (long)(await Told(rui, group)).Single(n => (string?)n["type"] == "mention")["data"]!["seq"]!);
    }

    [SkippableFact]
    public async Task All_messages_are_one_notification_that_grows()
    {
        var (group, ana, rui, eva) = await Trio("Coats");
        (await rui.Put("/api/notifications/preferences", new { group_id = group, level = "all" })).Expect(200);
        await using var ruis = await rui.Connect();
        var clock = Stopwatch.StartNew();
        await Say(ana, group, "1");
        var first = (await ruis.Await("NotificationReceived", 1, n => (string?)n["type"] == "message"))[0];
        Assert.Equal("1 new message in Coats", (string?)first["title"]);
        for (var i = 2; i <= 12; i++)
            await Say(ana, group, $"{i}");
        // Told by itself, or one's own: not counted.
        await Say(ana, group, "To you", [rui.Id]);
        await Say(rui, group, "Mine");
        var grown = (await ruis.Await("NotificationReceived", 1, n => (string?)n["title"] == "12 new messages in Coats"))[0];
        Assert.Equal((string?)first["id"], (string?)grown["id"]);
        Assert.Equal(
            (12, 1, 12), ((int)grown["data"]!["count"]!, (int)grown["data"]!["first_seq"]!, (int)grown["data"]!["last_seq"]!));
        Assert.Equal(1, await Count(rui, group, "message"));
        Assert.Equal(0, await Count(eva, group, "message"));
        // The first at once, and what follows at most once in 10 s, however slow the machine is that sends it.
        var updates = ruis.Of("NotificationReceived").Count(n => (string?)n["type"] == "message");
        Assert.InRange(updates, 2, 2 + (int)(clock.Elapsed.TotalSeconds / 10));
        var told = await KafkaProbe.ReadUntil(
            service.Kafka, "messaging_notifications_events", read => read.Count(r => IsOf(r, first)) >= updates);
        Assert.Equal(
            Enumerable.Range(1, updates).Select(i => (long)i),
            told.Where(r => IsOf(r, first)).Select(r => (long)r["value"]!["metadata"]!["aggregate_version"]!).Distinct());

        // Once it is read, the next is a new one, at once.
        (await rui.Put($"/api/notifications/{first["id"]}/read")).Expect(200);
        await Say(ana, group, "13");
        var next = (await ruis.Await(
            "NotificationReceived", 1, n => (string?)n["type"] == "message" && (string?)n["id"] != (string?)first["id"]))[0];
        Assert.Equal("1 new message in Coats", (string?)next["title"]);

        static bool IsOf(JsonNode record, JsonNode notification) =>
            (string?)record["value"]!["metadata"]!["aggregate_id"] == (string?)notification["id"];
    }

    [SkippableFact]
    public async Task What_is_on_the_screen_is_not_told()
    {
        var (group, ana, rui, eva) = await Trio();
        (await rui.Put("/api/notifications/preferences", new { group_id = group, level = "all" })).Expect(200);
        await using var phone = await rui.Connect();
        await using (var laptop = await rui.Connect())
        {
            await laptop.Call("Focus", group);
            await phone.Call("Focus", (await rui.CreateGroup("Elsewhere")));
            await Say(ana, group, "Both", [rui.Id, eva.Id]);
            await Until.True(async () => await Count(eva, group, "mention") == 1, "Eva is told");
            await Say(ana, group, "One more");
            await Say(ana, group, "And Eva", [eva.Id]);
            await Until.True(async () => await Count(eva, group, "mention") == 2, "Eva is told again");
            Assert.Equal((0, 0), (await Count(rui, group, "mention"), await Count(rui, group, "message")));
            // What is about the person is told wherever they look.
            (await ana.Patch($"/api/groups/{group}/members/{rui.Id}", new { role = "moderator" })).Expect(200);
            Assert.Equal(1, await Count(rui, group, "role_changed"));
            await laptop.Call("Focus", [null]);
            await Say(ana, group, "Now", [rui.Id]);
            await phone.Await("NotificationReceived", 1, n => (string?)n["type"] == "mention");
            await laptop.Call("Focus", group);
        }
        // A connection that ends looks at nothing.
        await Until.True(
            async () =>
            {
                await Say(ana, group, "Still there?", [rui.Id]);
                return await Count(rui, group, "mention") > 1;
            },
            "the closed laptop is forgotten");
        var stranger = await service.Person("Stranger");
        await using var strangers = await stranger.Connect();
        Assert.Equal("group_not_found", (string?)(await strangers.Refused("Focus", group))["code"]);
        Assert.Equal("validation_error", (string?)(await strangers.Refused("Focus", "here"))["code"]);
    }

    [SkippableFact]
    public async Task The_unread_count_is_pushed_at_every_change_to_every_connection()
    {
        var (group, ana, rui, _) = await Trio();
        await using var phone = await rui.Connect();
        await using var laptop = await rui.Connect();
        for (var i = 0; i < 3; i++)
            await Say(ana, group, $"{i}", [rui.Id]);
        foreach (var socket in new[] { phone, laptop })
            await socket.Await("UnreadChanged", 1, push => (int)push["unread"]! == 3);
        var mine = (await rui.Get("/api/notifications?type=mention&is_read=false")).Expect(200)["data"]!.AsArray();
        Assert.Equal(3, mine.Count);
        (await rui.Put($"/api/notifications/{mine[0]!["id"]}/read")).Expect(200);
        await laptop.Await("UnreadChanged", 2, push => (int)push["unread"]! == 2);
        (await rui.Put("/api/notifications/read", new { up_to = mine[1]!["id"] })).Expect(204);
        await laptop.Await("UnreadChanged", 1, push => (int)push["unread"]! == 0);
        Assert.Empty((await rui.Get("/api/notifications?is_read=false")).Expect(200)["data"]!.AsArray());
        await Say(ana, group, "One", [rui.Id]);
        // Not by its push: there was one of this number on the way to three.
        await Until.True(
            async () => (int)(await rui.Get("/api/notifications/unread_count")).Expect(200)["unread"]! == 1, "the mention");
        (await rui.Put("/api/notifications/read", new { })).Expect(204);
        Assert.Equal(0, (int)(await rui.Get("/api/notifications/unread_count")).Expect(200)["unread"]!);
    }

    private async Task<(Guid Group, Person Ana, Person Rui, Person Eva)> Trio(string name = "Flat")
    {
        var (ana, rui, eva) = (await service.Person("Ana"), await service.Person("Rui"), await service.Person("Eva"));
        var group = await ana.CreateGroup(name);
        await ana.Invite(group, rui);
        await ana.Invite(group, eva);
        return (group, ana, rui, eva);
    }

    private static async Task<Guid> Say(Person who, Guid group, string content, Guid[]? mentions = null, Guid? replyTo = null) =>
        (await who.Post(
            $"/api/groups/{group}/messages",
            new { content, mentions, reply_to = replyTo, client_message_id = $"{Guid.NewGuid()}" }))
        .Expect(201)["id"]!.GetValue<Guid>();

    private static async Task<IReadOnlyList<JsonNode>> Told(Person who, Guid group) =>
        [.. (await who.Get("/api/notifications?limit=100")).Expect(200)["data"]!.AsArray().Select(n => n!)
            .Where(n => (string?)n["data"]!["group_id"] == $"{group}")];

    private static async Task<int> Count(Person who, Guid group, string type) =>
        (await Told(who, group)).Count(n => (string?)n["type"] == type);
}

/// <inheritdoc/>
public sealed class EmbeddedNotificationTests(EmbeddedService running)
    : NotificationTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealNotificationTests(RealService running) : NotificationTests(running), IClassFixture<RealService>;
