namespace Beat.Messaging.Integration.Tests.Guarantees;

/// <summary>What a 2xx promised is visible to its caller in the next request, on every route that shows it.</summary>
public abstract class OwnWritesTests(RunningService running)
{
    /// <summary>So often each is done: what is late is not so every time.</summary>
    private const int Rounds = 5;

    private readonly Service service = running.Service;

    [SkippableFact]
    public async Task A_group_that_was_made_is_everywhere()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (name, see) in OfGroup)
            {
                var group = await ana.CreateGroup($"{round} {name}", isPublic: true);
                Assert.True(await see(ana, group), name);
            }
            var open = await ana.CreateGroup($"{round} open", isPublic: true);
            Assert.True(await Lists(rui, "/api/groups/public?limit=100", "id", open), "GET /groups/public of others");
            (await rui.Post($"/api/groups/{open}/join")).Expect(201);
            Assert.False(await Lists(rui, "/api/groups/public?limit=100", "id", open), "GET /groups/public of a member");
        }
    }

    [SkippableFact]
    public async Task Who_joined_or_accepted_is_in_everywhere_and_who_left_nowhere()
    {
        var ana = await service.Person("Ana");
        var (open, closed) = (await ana.CreateGroup("Open", isPublic: true), await ana.CreateGroup("Closed"));
        foreach (var (name, see) in OfGroup.Where(row => row.Name != "owner"))
        {
            var rui = await service.Person("Rui");
            (await rui.Post($"/api/groups/{open}/join")).Expect(201);
            Assert.True(await see(rui, open), $"{name} after a join");
            var invite = (await ana.Post($"/api/groups/{closed}/invites", new { invitee_id = rui.Id })).Expect(201);
            Assert.True(await Lists(rui, "/api/invites", "id", invite["id"]!.GetValue<Guid>()), "GET /invites");
            Assert.True(
                await Lists(ana, $"/api/groups/{closed}/invites?limit=100", "id", invite["id"]!.GetValue<Guid>()),
                "GET /groups/{id}/invites");
            (await rui.Post($"/api/invites/{invite["id"]}/accept")).Expect(200);
            Assert.True(await see(rui, closed), $"{name} after an invite");
            Assert.False(
                await Lists(rui, "/api/invites", "id", invite["id"]!.GetValue<Guid>()), "GET /invites when it is answered");
            Assert.Equal("accepted", (string?)(await rui.Get($"/api/invites/{invite["id"]}")).Expect(200)["status"]);
            Assert.Equal(0, (int)(await rui.Get("/api/notifications/unread_count")).Expect(200)["unread"]!);
            (await rui.Post($"/api/groups/{closed}/leave")).Expect(204);
            Assert.False(await see(rui, closed), $"{name} after leaving");
        }
        // What an accepted invite earns is there at once, too.
        var points = (await ana.Get($"/api/groups/{closed}/points?limit=100")).Expect(200)["data"]!.AsArray();
        Assert.Equal(OfGroup.Count - 1, points.Count(p => (string?)p!["rule"] == "invite_accepted"));
    }

    [SkippableFact]
    public async Task What_was_sent_is_everywhere()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        for (var round = 1; round <= Rounds; round++)
        {
            var first = await ana.SendText(group, $"word{round}", $"{Guid.NewGuid()}");
            var mine = await Row(ana, "/api/messages/unread", "group_id", group);
            var seq = (long)first["seq"]!;
            Assert.Equal(
                (0, seq, seq, $"word{round}"),
                ((long)mine["unread"]!, (long)mine["head_seq"]!, (long)mine["last_read_seq"]!,
                    (string)mine["last_message"]!["payload"]!["content"]!));
            Assert.Equal(1, (int)(await rui.Put($"/api/groups/{group}/read", new { seq = seq - 1 })).Expect(200)["unread"]!);
            Assert.Equal(1, (long)(await Row(rui, "/api/messages/unread", "group_id", group))["unread"]!);
            Assert.True(
                await Lists(ana, $"/api/groups/{group}/messages?search=word{round}", "id", first["id"]!.GetValue<Guid>()),
                "search");

            var second =
                (await ana.Post(
                    $"/api/groups/{group}/messages",
                    new { content = "Rui?", mentions = new[] { rui.Id }, client_message_id = $"{Guid.NewGuid()}" })).Expect(201);
            var ruis = await Row(rui, "/api/messages/unread", "group_id", group);
            Assert.Equal((2, 1), ((long)ruis["unread"]!, (int)ruis["mentions"]!));
            (await rui.Put($"/api/groups/{group}/read", new { seq = (long)second["seq"]! })).Expect(200);
            ruis = await Row(rui, "/api/messages/unread", "group_id", group);
            Assert.Equal(
                (0, 0, (long)second["seq"]!), ((long)ruis["unread"]!, (int)ruis["mentions"]!, (long)ruis["last_read_seq"]!));

            var path = $"/api/groups/{group}/messages/{first["id"]}";
            (await rui.Put($"{path}/reactions/%F0%9F%91%8D")).Expect(200);
            Assert.Single((await rui.Get(path)).Expect(200)["reactions"]!.AsArray());
            (await ana.Patch(path, new { content = $"other{round}" })).Expect(200);
            Assert.True(
                await Lists(ana, $"/api/groups/{group}/messages?search=other{round}", "id", first["id"]!.GetValue<Guid>()),
                "search after an edit");
            Assert.False(
                await Lists(ana, $"/api/groups/{group}/messages?search=word{round}", "id", first["id"]!.GetValue<Guid>()),
                "search for what is gone");
            (await ana.Delete(path)).Expect(204);
            Assert.NotNull((string?)(await ana.Get(path)).Expect(200)["deleted_at"]);
        }
    }

    [SkippableFact]
    public async Task What_was_asked_for_or_offered_is_among_my_loans()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        await using var ruis = await rui.Connect();
        for (var round = 0; round < 2 * Rounds; round++)
        {
            var request =
                new
                {
                    type = "borrow",
                    content = "May I?",
                    garment_id = Guid.NewGuid(),
                    borrow = new { kind = "request", owner_id = ana.Id },
                    client_message_id = $"{Guid.NewGuid()}"
                };
            // Two at once, and the loan is there whoever is answered first.
            var both = await Task.WhenAll(Twice(), Twice());
            Assert.Single(both.Select(id => id).Distinct());
            foreach (var (who, role) in new[] { (rui, "borrower"), (ana, "lender") })
                Assert.Equal(
                    "open", (string?)(await Row(who, $"/api/borrows?role={role}&limit=100", "message_id", both[0]))["state"]);
            (await ana.Post($"/api/groups/{group}/messages/{both[0]}/borrow/accept")).Expect(200);
            Assert.Equal(
                "accepted", (string?)(await Row(ana, "/api/borrows?state=accepted&limit=100", "message_id", both[0]))["state"]);
            Assert.Equal(
                "accepted", (string?)(await ana.Get($"/api/groups/{group}/messages/{both[0]}")).Expect(200)["borrow"]!["state"]);
            (await ana.Post($"/api/groups/{group}/messages/{both[0]}/borrow/cancel")).Expect(200);

            var offer =
                (await ruis.Call(
                    "SendBorrowMessage", group,
                    new
                    {
                        content = "Who wants it?",
                        garment_id = Guid.NewGuid(),
                        borrow = new { kind = "offer" },
                        client_message_id = $"{Guid.NewGuid()}"
                    }))!;
            Assert.Equal(
                "open",
                (string?)(await Row(
                    rui, "/api/borrows?role=lender&limit=100", "message_id", offer["id"]!.GetValue<Guid>()))["state"]);
            (await rui.Delete($"/api/groups/{group}/messages/{offer["id"]}")).Expect(204);
            Assert.Equal(
                "withdrawn",
                (string?)(await Row(
                    rui, "/api/borrows?role=lender&limit=100", "message_id", offer["id"]!.GetValue<Guid>()))["state"]);

            async Task<Guid> Twice()
            {
                var id = (await rui.Post($"/api/groups/{group}/messages", request)).Expect(201)["id"]!.GetValue<Guid>();
                Assert.Equal("open", (string?)(await Row(rui, "/api/borrows?limit=100", "message_id", id))["state"]);
                return id;
            }
        }
    }

    [SkippableFact]
    public async Task What_was_changed_of_a_group_and_its_members_is_everywhere()
    {
        var (ana, rui, eva) = (await service.Person("Ana"), await service.Person("Rui"), await service.Person("Eva"));
        for (var round = 0; round < Rounds; round++)
        {
            var group = await ana.CreateGroup($"{round}");
            await ana.Invite(group, rui);
            await ana.Invite(group, eva);
            (await ana.Patch($"/api/groups/{group}", new { name = $"Renamed {round}" })).Expect(200);
            Assert.Equal($"Renamed {round}", (string?)(await Row(ana, "/api/groups?limit=100", "id", group))["name"]);
            (await ana.Patch($"/api/groups/{group}/members/{rui.Id}", new { role = "moderator" })).Expect(200);
            Assert.Equal("moderator", (string?)(await Row(ana, $"/api/groups/{group}/members", "profile_id", rui.Id))["role"]);
            Assert.Equal("moderator", (string?)(await rui.Get($"/api/groups/{group}")).Expect(200)["my_role"]);
            // A moderator at once: what is for them is not refused.
            var evas = await eva.SendText(group, "x", $"{Guid.NewGuid()}");
            (await rui.Delete($"/api/groups/{group}/messages/{evas["id"]}")).Expect(204);
            (await rui.Delete($"/api/groups/{group}/members/{eva.Id}")).Expect(200);
            Assert.False(await Lists(rui, $"/api/groups/{group}/members", "profile_id", eva.Id), "GET /groups/{id}/members");
            Assert.Equal(2, (int)(await rui.Get($"/api/groups/{group}")).Expect(200)["member_count"]!);
            Assert.Equal(
                "validation_error",
                (await rui.Post($"/api/groups/{group}/messages", new { content = "x", mentions = new[] { eva.Id } })).Code);

            var transferred = (await ana.Post($"/api/groups/{group}/transfer", new { member_id = rui.Id })).Expect(200);
            Assert.Equal(($"{rui.Id}", "admin"), ((string)transferred["owner_id"]!, (string)transferred["my_role"]!));
            Assert.DoesNotContain("group:delete", transferred["can"]!.AsArray().Select(can => (string)can!));
            var read = (await ana.Get($"/api/groups/{group}")).Expect(200);
            // The points of Eva's message are counted some time after it, so perhaps between the two answers.
            foreach (var answer in new[] { transferred, read })
                answer.AsObject().Remove("xp");
            Assert.Equal(transferred.ToJsonString(), read.ToJsonString());
            Assert.Equal("owner", (string?)(await rui.Get($"/api/groups/{group}")).Expect(200)["my_role"]);
            (await rui.Delete($"/api/groups/{group}")).Expect(204);
            foreach (var who in new[] { ana, rui })
            {
                foreach (var (name, see) in OfGroup)
                    Assert.False(await see(who, group), $"{name} after its end");
            }
        }
    }

    [SkippableFact]
    public async Task What_is_read_and_preferred_is_so_at_once()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup();
        for (var round = 0; round < Rounds; round++)
        {
            (await ana.Post($"/api/groups/{group}/invites", new { invitee_id = rui.Id })).Expect(201);
            Assert.Equal(1, (int)(await rui.Get("/api/notifications/unread_count")).Expect(200)["unread"]!);
            var told = (await rui.Get("/api/notifications?is_read=false")).Expect(200)["data"]![0]!;
            (await rui.Put($"/api/notifications/{told["id"]}/read")).Expect(200);
            Assert.Equal(0, (int)(await rui.Get("/api/notifications/unread_count")).Expect(200)["unread"]!);
            Assert.Empty((await rui.Get("/api/notifications?is_read=false")).Expect(200)["data"]!.AsArray());
            (await ana.Delete($"/api/invites/{told["data"]!["invite_id"]}")).Expect(204);
            var level = round % 2 == 0 ? "all" : "none";
            (await ana.Put("/api/notifications/preferences", new { group_id = group, level })).Expect(200);
            Assert.Equal(level, (string?)(await Row(ana, "/api/notifications/preferences", "group_id", group))["level"]);
        }
    }

    /// <summary>Where a group is for those who are in it.</summary>
    private static readonly IReadOnlyList<(string Name, Func<Person, Guid, Task<bool>> See)> OfGroup =
    [
        ("GET /groups", (who, group) => Lists(who, "/api/groups?limit=100", "id", group)),
        ("GET /groups/{id}", async (who, group) => (await who.Get($"/api/groups/{group}")) is { Status: 200 } found
            && (string?)found.Body!["my_role"] is not null),
        ("GET /groups/{id}/members",
            async (who, group) => (await who.Get($"/api/groups/{group}/members")) is { Status: 200 } found
            && found.Body!["data"]!.AsArray().Any(m => m!["profile_id"]!.GetValue<Guid>() == who.Id)),
        ("GET /groups/{id}/presence", async (who, group) => (await who.Get($"/api/groups/{group}/presence")).Status == 200),
        ("GET /groups/{id}/leaderboard", async (who, group) => (await who.Get($"/api/groups/{group}/leaderboard")).Status == 200),
        ("GET /groups/{id}/points", async (who, group) => (await who.Get($"/api/groups/{group}/points")).Status == 200),
        ("GET /groups/{id}/messages", async (who, group) => (await who.Get($"/api/groups/{group}/messages")).Status == 200),
        ("GET /groups/{id}/invites", async (who, group) => (await who.Get($"/api/groups/{group}/invites")).Status == 200),
        ("GET /messages/unread", (who, group) => Lists(who, "/api/messages/unread", "group_id", group)),
        ("GET /notifications/preferences",
            (who, group) => Lists(who, "/api/notifications/preferences?limit=100", "group_id", group)),
        ("POST /groups/{id}/messages",
            async (who, group) =>
                (await who.Post(
                    $"/api/groups/{group}/messages",
                    new { content = "x", client_message_id = $"{Guid.NewGuid()}" })).Status == 201),
        ("PUT /groups/{id}/read",
            async (who, group) => (await who.Put($"/api/groups/{group}/read", new { seq = 1 })).Status == 200),
        ("JoinGroup", async (who, group) =>
        {
            await using var socket = await who.Connect();
            try
            {
                return (string?)(await socket.Join(group))["group_id"] == $"{group}";
            }
            catch (Microsoft.AspNetCore.SignalR.HubException)
            {
                return false;
            }
        }),
        ("owner", async (who, group) => (await who.Get($"/api/groups/{group}")) is { Status: 200 } found
            && (string?)found.Body!["my_role"] == "owner"),
    ];

    private static async Task<bool> Lists(Person who, string path, string field, Guid id) =>
        (await who.Get(path)).Expect(200)["data"]!.AsArray().Any(row => row![field]!.GetValue<Guid>() == id);

    private static async Task<JsonNode> Row(Person who, string path, string field, Guid id) =>
        (await who.Get(path)).Expect(200)["data"]!.AsArray().Single(row => row![field]!.GetValue<Guid>() == id)!;
}

/// <inheritdoc/>
public sealed class EmbeddedOwnWritesTests(EmbeddedService running) : OwnWritesTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealOwnWritesTests(RealService running) : OwnWritesTests(running), IClassFixture<RealService>;
