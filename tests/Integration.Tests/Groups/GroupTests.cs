namespace Beat.Messaging.Integration.Tests.Groups;

/// <summary>Groups and members as a client meets them.</summary>
public abstract class GroupTests(RunningService running)
{
    private readonly Service service = running.Service;

    [SkippableFact]
    public async Task A_group_is_made_once_under_an_idempotency_key()
    {
        var ana = await service.Person("Ana");
        var body = new { name = "Once", description = "d" };
        var first = await ana.Send(HttpMethod.Post, "/api/groups", body, ("Idempotency-Key", "k"));
        var again = await ana.Send(HttpMethod.Post, "/api/groups", body, ("Idempotency-Key", "k"));
        Assert.Equal((string?)first.Expect(201)["id"], (string?)again.Expect(201)["id"]);
        Assert.Equal("true", again.Headers["Idempotency-Replayed"]);
        Assert.Equal(first.Headers["Location"], again.Headers["Location"]);
        Assert.Equal(
            "idempotency_conflict",
            (await ana.Send(
                HttpMethod.Post, "/api/groups", new { name = "Other", description = "d" }, ("Idempotency-Key", "k"))).Code);
        Assert.Equal("group_already_exists", (await ana.Post("/api/groups", body)).Code);
    }

    [SkippableFact]
    public async Task An_update_needs_the_revision_that_it_names()
    {
        var ana = await service.Person("Ana");
        var group = await ana.CreateGroup();
        var tag = (await ana.Get($"/api/groups/{group}")).Headers["ETag"];
        var changed = await ana.Send(
            HttpMethod.Patch, $"/api/groups/{group}", new { name = "Renamed", avatar_url = "https://example.com/a.png" },
            ("If-Match", tag));
        Assert.Equal(2, (long)changed.Expect(200)["revision"]!);
        Assert.Equal(
            "stale_revision",
            (await ana.Send(HttpMethod.Patch, $"/api/groups/{group}", new { name = "Late" }, ("If-Match", tag))).Code);
        Assert.Null(
            (string?)(await ana.Patch($"/api/groups/{group}", new { avatar_url = (string?)null })).Expect(200)["avatar_url"]);
        Assert.Equal(3, (long)(await ana.Patch($"/api/groups/{group}", new { name = "Renamed" })).Expect(200)["revision"]!);
        Assert.Equal("group_wrong_input", (await ana.Patch($"/api/groups/{group}", new { })).Code);
    }

    [SkippableFact]
    public async Task Lists_page_forth_and_back()
    {
        var ana = await service.Person("Ana");
        for (var i = 0; i < 5; i++)
            await ana.CreateGroup($"Group {i}");
        var seen = new List<string>();
        var page = (await ana.Get("/api/groups?limit=2")).Expect(200);
        var firstPage = page["data"]!.AsArray().Select(g => (string)g!["name"]!).ToList();
        seen.AddRange(firstPage);
        string? second = null;
        while ((bool)page["pagination"]!["has_more"]!)
        {
            page = (await ana.Get($"/api/groups?limit=2&after={page["pagination"]!["next_cursor"]}")).Expect(200);
            second ??= (string?)page["pagination"]!["prev_cursor"];
            seen.AddRange(page["data"]!.AsArray().Select(g => (string)g!["name"]!));
        }
        Assert.Equal(["Group 4", "Group 3", "Group 2", "Group 1", "Group 0"], seen);
        var back = (await ana.Get($"/api/groups?limit=2&before={second}")).Expect(200);
        Assert.Equal(firstPage, back["data"]!.AsArray().Select(g => (string)g!["name"]!));
        Assert.Equal(
            ["Group 3"], (await ana.Get("/api/v1/groups?search=oup%203")).Expect(200)["data"]!.AsArray()
                .Select(g => (string)g!["name"]!));
    }

    [SkippableFact]
    public async Task A_public_group_is_found_joined_and_left_and_ends_with_its_last_member()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var name = $"Public {Guid.NewGuid()}";
        var group = await ana.CreateGroup(name, isPublic: true);
        Assert.Single((await rui.Get($"/api/groups/public?search={name}")).Expect(200)["data"]!.AsArray());
        Assert.Null((await rui.Get($"/api/groups/{group}")).Expect(200)["members"]);
        (await rui.Post($"/api/groups/{group}/join")).Expect(201);
        (await rui.Post($"/api/groups/{group}/join")).Expect(200);
        Assert.Equal(2, (int)(await rui.Get($"/api/groups/{group}")).Expect(200)["member_count"]!);
        Assert.Equal("last_admin", (await ana.Post($"/api/groups/{group}/leave")).Code);
        Assert.Equal(
            rui.Id, (await ana.Post($"/api/groups/{group}/transfer", new { member_id = rui.Id }))
                .Expect(200)["owner_id"]!.GetValue<Guid>());
        Assert.Equal("admin", (string?)(await ana.Get($"/api/groups/{group}")).Expect(200)["my_role"]);
        (await ana.Post($"/api/groups/{group}/leave")).Expect(204);
        Assert.Equal("member_low_rate", (await rui.Delete($"/api/groups/{group}/members/{rui.Id}")).Code);
        (await rui.Post($"/api/groups/{group}/leave")).Expect(204);
        Assert.Equal(404, (await rui.Get($"/api/groups/{group}")).Status);
    }

    [SkippableFact]
    public async Task Ranks_decide_who_acts_on_whom()
    {
        var (owner, admin, other) = (await service.Person("Owner"), await service.Person("Admin"), await service.Person("Other"));
        var group = await owner.CreateGroup();
        await owner.Invite(group, admin, "admin");
        await owner.Invite(group, other);
        Assert.Equal("member_rank", (await admin.Delete($"/api/groups/{group}/members/{owner.Id}")).Code);
        Assert.Equal("member_rank", (await admin.Patch($"/api/groups/{group}/members/{other.Id}", new { role = "admin" })).Code);
        Assert.Equal(
            "member_c_change_self", (await admin.Patch($"/api/groups/{group}/members/{admin.Id}", new { role = "member" })).Code);
        (await owner.Patch($"/api/groups/{group}/members/{other.Id}", new { role = "admin" })).Expect(200);
        Assert.Equal("member_rank", (await admin.Patch($"/api/groups/{group}/members/{other.Id}", new { role = "member" })).Code);
        Assert.Equal(
            "member_rank",
            (await admin.Post(
                $"/api/groups/{group}/invites", new { invitee_id = (await service.Person("X")).Id, role = 2 })).Code);
        var listed = (await other.Get($"/api/groups/{group}/members")).Expect(200)["data"]!.AsArray();
        Assert.Equal(["Owner", "Admin", "Other"], listed.Select(m => (string)m!["display_name"]!));
        Assert.Equal([true, false, false], listed.Select(m => (bool)m!["is_owner"]!));
    }

    [SkippableFact]
    public async Task My_groups_are_ordered_by_what_was_said_last_and_changes_are_pushed()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var (first, second) = (await ana.CreateGroup("First"), await ana.CreateGroup("Second", isPublic: true));
        await ana.SendText(first, "hello");
        await Until.True(
            async () => (await ana.Get("/api/groups")).Expect(200)["data"]![0]!["id"]!.GetValue<Guid>() == first,
            "the first group on top");
        await using var anas = await ana.Connect();
        await anas.Join(second);
        (await rui.Post($"/api/groups/{second}/join")).Expect(201);
        await anas.Await("GroupUpdated", where: push => (int)push["member_count"]! == 2);
        (await ana.Patch($"/api/groups/{second}", new { name = "Renamed" })).Expect(200);
        await anas.Await("GroupUpdated", where: push => (string)push["name"]! == "Renamed" && (long)push["revision"]! == 2);
    }

    [SkippableFact]
    public async Task Limits_hold_at_every_way_in()
    {
        await using var small = await Service.Start(settings: ["Limits:GroupsPerPerson=2", "Limits:MembersPerGroup=2"]);
        var (ana, rui, eva) = (await small.Person("Ana"), await small.Person("Rui"), await small.Person("Eva"));
        var group = await ana.CreateGroup("One", isPublic: true);
        await ana.CreateGroup("Two");
        Assert.Equal("limit_reached", (await ana.Post("/api/groups", new { name = "Three", description = "d" })).Code);
        (await rui.Post($"/api/groups/{group}/join")).Expect(201);
        Assert.Equal("limit_reached", (await eva.Post($"/api/groups/{group}/join")).Code);
        var invite = (await ana.Post($"/api/groups/{group}/invites", new { invitee_id = eva.Id })).Expect(201);
        Assert.Equal("limit_reached", (await eva.Post($"/api/invites/{invite["id"]}/accept")).Code);
    }

    [SkippableFact]
    public async Task A_deleted_group_is_gone_for_everybody_at_once()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup("Gone");
        await ana.Invite(group, rui);
        await using var ruis = await rui.Connect();
        await ruis.Join(group);
        (await ana.Delete($"/api/groups/{group}")).Expect(204);
        await ruis.Await("GroupDeleted");
        Assert.Equal("group_deleted", (string?)(await ruis.Await("MembershipRevoked"))[0]["reason"]);
        Assert.Equal(404, (await rui.Get($"/api/groups/{group}/messages")).Status);
        Assert.Equal("group_not_found", (string?)(await ruis.Refused("SendTextMessage", group, new { content = "x" }))["code"]);
        Assert.Equal("group_deleted", (string?)(await rui.Get("/api/notifications")).Expect(200)["data"]![0]!["type"]);
        await ana.CreateGroup("Gone");
    }
}

/// <inheritdoc/>
public sealed class EmbeddedGroupTests(EmbeddedService running) : GroupTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealGroupTests(RealService running) : GroupTests(running), IClassFixture<RealService>;
