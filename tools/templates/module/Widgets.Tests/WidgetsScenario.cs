using Beat.Messaging.Widgets.Contracts;

namespace Beat.Messaging.Widgets.Tests;

/// <summary>Widgets of groups.</summary>
public sealed class WidgetsScenario : ModuleScenario
{
    public override IReadOnlyList<RestRow> Routes =>
    [
        new("POST /groups/{id}/widgets", w => $"groups/{w.Group}/widgets", _ => new { title = "One" }, 404, 404, 201, 201, 201, 201, 404),
        new("GET /groups/{id}/widgets", w => $"groups/{w.Group}/widgets", null, 404, 404, 200, 200, 200, 200, 404),
    ];

    public override IReadOnlyList<CapabilityUse> Uses =>
    [
        new("widget:view", (me, w) => me.Get($"/api/groups/{w.Group}/widgets")),
        new("widget:create", (me, w) => me.Post($"/api/groups/{w.Group}/widgets", new { title = "One" })),
    ];

    public override IReadOnlyList<EventSample> Samples =>
    [
        new(new WidgetCreated(Sample.Id(20), Sample.Group, Sample.Ana, "One", Sample.At), "{id}"),
    ];

    public override IReadOnlyList<ClientView> Views =>
    [
        new("widgets", ["WidgetCreated", "MembershipRevoked"],
            async (me, group) => await me.Get($"/api/groups/{group}/widgets?limit=100") is { Status: 200, Body: { } page }
                ? new JsonObject(page["data"]!.AsArray().Select(one => KeyValuePair.Create((string)one!["id"]!, (JsonNode?)one.DeepClone())))
                : null,
            (held, push) =>
            {
                if (push.Payload["group_id"]!.GetValue<Guid>() != push.Group)
                    return held;
                if (push.Name == "MembershipRevoked")
                    return null;
                held![(string)push.Payload["id"]!] = push.Payload.DeepClone();
                return held;
            }),
    ];

    public override async Task Tell(Story story)
    {
        var (ana, rui) = (await story.Person("ana"), await story.Person("rui"));
        var group = await story.Group(ana, rui);
        await using var ruis = await story.Client(rui, group);
        await ruis.After("a widget is made", () => Create(ana, group));
        await story.Keep(ruis.Socket, "WidgetCreated");
        await ruis.After("the group is deleted", async () => (await ana.Delete($"/api/groups/{group}")).Expect(204));
    }

    public override async Task UseReplicas(AfterLoss after)
    {
        await Create(after.Owner, after.Group);
        Assert.NotEmpty((await after.Former.Get($"/api/groups/{after.Group}/widgets")).Expect(200)["data"]!.AsArray());
    }

    private static async Task<JsonNode> Create(Person person, Guid group) => (await person.Post($"/api/groups/{group}/widgets", new { title = "One" })).Expect(201);
}
