using Beat.Messaging.Groups.Contracts;

namespace Beat.Messaging.Groups.Tests;

/// <summary>Groups and their points.</summary>
public sealed class GroupsScenario : ModuleScenario
{
    private static readonly string[] ShownFields =
        ["name", "description", "is_public", "owner_id", "avatar_url", "member_count", "sustainability_points", "xp", "revision"];

    public override IReadOnlyList<RestRow> Routes =>
    [
        new("GET /groups", _ => "groups", null, 200, 200, 200, 200, 200, 200, None),
        new("GET /groups/public", _ => "groups/public", null, 200, 200, 200, 200, 200, 200, None),
        new("POST /groups", _ => "groups", _ => new { name = $"{Guid.NewGuid()}", description = "d" }, 201, 201, 201, 201, 201,
            201, None),
        new("GET /groups/{id}", w => $"groups/{w.Group}", null, 404, 404, 200, 200, 200, 200, 404),
        new("PUT /groups/{id}", w => $"groups/{w.Group}", _ => new { description = "n" }, 404, 404, 403, 403, 200, 200, 404),
        new("PATCH /groups/{id}", w => $"groups/{w.Group}", _ => new { description = "m" }, 404, 404, 403, 403, 200, 200, 404),
        new("DELETE /groups/{id}", w => $"groups/{w.Group}", null, 404, 404, 403, 403, 403, 204, 404),
        new("GET /groups/{id}/points", w => $"groups/{w.Group}/points", null, 404, 404, 200, 200, 200, 200, 404),
        new("GET /groups/{id}/leaderboard", w => $"groups/{w.Group}/leaderboard", null, 404, 404, 200, 200, 200, 200, 404),
    ];

    public override IReadOnlyList<CapabilityUse> Uses =>
    [
        new("points:view", (me, w) => me.Get($"/api/groups/{w.Group}/points")),
        new("group:update", (me, w) => me.Patch($"/api/groups/{w.Group}", new { description = "Other" })),
        new("group:delete", (me, w) => me.Delete($"/api/groups/{w.Group}"), Ends: true),
    ];

    public override IReadOnlyList<EventSample> Samples =>
    [
        new(
            new GroupCreated(
                Sample.Group, Sample.Ana, "auth-of-ana", "Winter coats", IsPublic: true, "What we lend",
                "https://example.com/coat.png", Sample.At), "{group_id}"),
        new(
            new GroupUpdated(
                Sample.Group, Sample.Ana, "Winter coats", "What we lend", IsPublic: true, "https://example.com/coat.png", 25, 40,
                Sample.At, Sample.At.AddMinutes(3)), "{group_id}"),
        new(new GroupDeleted(Sample.Group, Sample.Ana), "{group_id}"),
        new(new PointsAwarded(Sample.Group, Sample.Ana, PointRule.BorrowHandedOver, PointKind.Award, 5, 5, Sample.Message), null),
    ];

    public override IReadOnlyList<ClientView> Views =>
    [
        new("group", ["GroupUpdated", "GroupDeleted", "MembershipRevoked"],
            async (me, group) => await me.Get($"/api/groups/{group}") is { Status: 200, Body: { } found } ? Shown(found) : null,
            (held, push) => push.Payload["group_id"]!.GetValue<Guid>() != push.Group
                ? held
                : push.Name == "GroupUpdated"
                ? Shown(push.Payload)
                : null),
    ];

    public override string CannotBeLost => "it owns the groups";

    public override async Task Tell(Story story)
    {
        var (ana, rui) = (await story.Person("ana"), await story.Person("rui"));
        var group = await story.Group(ana, rui);
        await using var ruis = await story.Client(rui, group);
        await ruis.After(
            "the description is changed",
            async () => (await ana.Patch($"/api/groups/{group}", new { description = "Changed" })).Expect(200));
        // Counts and points are told every few seconds, so another may have come before.
        story.Keep("GroupUpdated", (await ruis.Socket.Await(
            "GroupUpdated", where: push => (string?)push["description"] == "Changed" && (int)push["member_count"]! == 2
                && (int)push["xp"]! == 30))[0]);
        await ruis.After("the group is deleted", async () => (await ana.Delete($"/api/groups/{group}")).Expect(204));
    }

    private static JsonObject Shown(JsonNode group) =>
        new(ShownFields.Select(field => KeyValuePair.Create(field, group[field]?.DeepClone())));
}
