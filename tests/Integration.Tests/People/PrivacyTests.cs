using Beat.Messaging.Shared.Abstractions;

namespace Beat.Messaging.Integration.Tests.People;

/// <summary>What a person can take with them, and what is left when they go for good.</summary>
public abstract class PrivacyTests(RunningService running)
{
    private readonly Service service = running.Service;

    [SkippableFact]
    public async Task An_export_holds_all_that_one_wrote_and_is_named_in_and_says_that_it_is_whole()
    {
        var (ana, rui, eva) = (await service.Person("Ana"), await service.Person("Rui"), await service.Person("Eva"));
        var (kept, left, deleted) =
            (await ana.CreateGroup("Kept"), await ana.CreateGroup("Left"), await rui.CreateGroup("Deleted"));
        await ana.Invite(kept, rui);
        await ana.Invite(left, rui);
        (await rui.Post($"/api/groups/{kept}/invites", new { invitee_id = eva.Id })).Expect(201);
        (await rui.Put("/api/notifications/preferences", new { group_id = kept, level = "none" })).Expect(200);
        // More than a page of the store.
        for (var i = 0; i < 510; i++)
            await Say(i % 2 == 0 ? rui : ana, kept, $"kept {i}");
        await Say(ana, kept, "to Rui", rui);
        (await rui.Post(
            $"/api/groups/{kept}/messages",
            new { type = "borrow", content = "May I?", garment_id = Guid.NewGuid(), client_message_id = "b" })).Expect(201);
        await Until.True(
            async () => (await rui.Get("/api/borrows?role=borrower")).Expect(200)["data"]!.AsArray().Count == 1,
            "the loan is there");
        await Say(rui, left, "left behind");
        await Say(ana, left, "for members", rui);
        var first = (await rui.Get($"/api/groups/{kept}/messages?after=0&limit=1")).Expect(200)["data"]![0]!["id"];
        (await rui.Put($"/api/groups/{kept}/messages/{first}/reactions/👍")).Expect(200);
        await Say(rui, deleted, "deleted group");
        (await rui.Delete($"/api/groups/{deleted}")).Expect(204);
        (await rui.Post($"/api/groups/{left}/leave")).Expect(204);

        var answer = await rui.Http.GetAsync("/api/users/me/export");
        Assert.Equal("application/x-ndjson", answer.Content.Headers.ContentType!.MediaType);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal("end", (string?)lines[^1]["kind"]);
        Assert.Equal(lines.Count - 1, (int)lines[^1]["data"]!["lines"]!);
        var byKind = lines.ToLookup(line => (string)line["kind"]!, line => line["data"]!);
        Assert.Equal("Rui", (string?)byKind["profile"].Single()["display_name"]);
        Assert.Equal(
            new[] { (kept, "present"), (left, "left"), (deleted, "present") }.Order(),
            byKind["membership"].Select(m => (m["group_id"]!.GetValue<Guid>(), (string)m["state"]!)).Order());
        Assert.Equal(3, byKind["invite"].Count());
        Assert.DoesNotContain("token", text, StringComparison.Ordinal);
        Assert.Equal(
            Enumerable.Range(0, 255).Select(i => $"kept {2 * i}").Append("May I?").Append("left behind").Append("deleted group")
                .Order(),
            byKind["message"].Select(m => (string)m["content"]!).Order());
        // What others wrote, only where it may be read still.
        Assert.Equal(
            ["to Rui", null],
            byKind["mention"].OrderBy(m => m["group_id"]!.GetValue<Guid>() == left).Select(m => (string?)m["content"]));
        Assert.Equal("open", (string?)byKind["loan"].Single()["state"]);
        Assert.Contains(byKind["read_mark"], mark => mark["group_id"]!.GetValue<Guid>() == kept);
        Assert.Equal("👍", (string?)byKind["reaction"].Single()["emoji"]);
        Assert.Contains(byKind["points"], entry => (string?)entry["rule"] == "group_created");
        Assert.Equal("none", (string?)byKind["preference"].Single()["level"]);
        Assert.Equal("Deleted", (string?)byKind["group"].Single()["name"]);
        Assert.Equal(
            ["group_invite", "group_invite"],
            byKind["notification"].Select(n => (string)n["type"]!).Where(type => type == "group_invite"));
        Assert.DoesNotContain(lines, line => line["data"]!["content"]?.GetValue<string>() is "kept 1");
    }

    [SkippableFact]
    public async Task Who_was_deleted_leaves_messages_without_a_name_and_nothing_else()
    {
        var (ana, rui) = (await service.Person("Ana Unmistakable"), await service.Person("Rui"));
        var (mine, theirs) = (await rui.CreateGroup("Coats"), await ana.CreateGroup("Anas"));
        await rui.Invite(mine, ana);
        await ana.Invite(theirs, rui);
        (await ana.Put("/api/notifications/preferences", new { group_id = mine, level = "all" })).Expect(200);
        await Say(ana, mine, "What I said", rui);
        await Until.True(
            async () => (await rui.Get("/api/notifications?type=mention")).Expect(200)["data"]!.AsArray().Count == 1,
            "Rui is told");
        var open = (await ana.Post($"/api/groups/{theirs}/invites", new { invitee_id = (await service.Person("Eva")).Id }))
            .Expect(201);

        await KafkaProbe.Write(service.Kafka, "auth_events", new JsonObject
        {
            ["version"] = 1,
            ["event_type"] = "profile_deleted",
            ["payload"] = new JsonObject { ["profile_id"] = ana.Id },
            ["metadata"] = new JsonObject { ["source"] = "auth_service", ["event_id"] = Guid.NewGuid() },
            ["occurred_at"] = "2026-11-23T09:50:30.723617422Z",
        }.ToJsonString());
        await Until.True(async () => Names(await rui.Get($"/api/users?ids={ana.Id}")) is [null], "Ana has no name");
        await Until.True(
            async () => (await rui.Get($"/api/groups/{mine}/members")).Expect(200)["data"]!.AsArray().Count == 1,
            "Ana is no member");
        await Until.True(async () => (await rui.Get($"/api/invites/{open["id"]}")).Status == 404, "Ana's invite is gone");
        // The message stays, and nobody is told who wrote it.
        var message = (await rui.Get($"/api/groups/{mine}/messages")).Expect(200)["data"]![0]!;
        Assert.Equal(("What I said", ana.Id), ((string)message["payload"]!["content"]!, message["sender_id"]!.GetValue<Guid>()));
        await Until.True(
            async () => !(await rui.Get("/api/notifications?limit=100")).Expect(200).ToJsonString()
                .Contains("Unmistakable", StringComparison.Ordinal), "no notification names Ana");
        Assert.Equal(
            "Deleted user mentioned you in Coats",
            (string?)(await rui.Get("/api/notifications?type=mention")).Expect(200)["data"]![0]!["title"]);
        Assert.Equal("user_not_found", (await rui.Post($"/api/groups/{mine}/invites", new { invitee_id = ana.Id })).Code);
        // What is left of her own is what she wrote; a token that is still valid does not show it.
        await Until.True(
            async () => (await Kinds()).SequenceEqual(["group", "message", "points", "profile"]), "only these are left");
        Assert.Equal(401, (await ana.Get("/api/users/me/export")).Status);

        static string?[] Names(Answer answer) =>
            [.. answer.Expect(200)["data"]!.AsArray().Select(u => (string?)u!["display_name"])];
        async Task<IEnumerable<string>> Kinds()
        {
            var kinds = new SortedSet<string>(StringComparer.Ordinal);
            foreach (var source in service.Services.GetServices<IExportSource>())
            {
                await foreach (var line in source.Of(ana.Id, default))
                    kinds.Add(line.Kind);
            }
            return kinds;
        }
    }

    private static async Task Say(Person who, Guid group, string content, params Person[] mentions) =>
        (await who.Post(
            $"/api/groups/{group}/messages",
            new { content, mentions = mentions.Select(m => m.Id), client_message_id = $"{Guid.NewGuid()}" })).Expect(201);
}

/// <inheritdoc/>
public sealed class EmbeddedPrivacyTests : PrivacyTests, IClassFixture<EmbeddedPrivacyTests.Unlimited>
{
    public EmbeddedPrivacyTests(Unlimited running)
        : base(running)
    {
    }

    /// <summary>Without a limit of sends, which these tests are beyond.</summary>
    public sealed class Unlimited : RunningService, IAsyncLifetime
    {
        private Service? service;

        public override Service Service => service!;

        public async Task InitializeAsync() =>
            service = await Service.Start(settings: ["Limits:SendsPerSecond=100000", "Limits:SendBurst=100000"]);

        public async Task DisposeAsync() => await service!.DisposeAsync();
    }
}

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealPrivacyTests(RealService running) : PrivacyTests(running), IClassFixture<RealService>;
