using System.Text.Json;
using Beat.Messaging.Notifications.Contracts;

namespace Beat.Messaging.Notifications.Tests;

/// <summary>The invitee's newest notification, or the past member's of their invite.</summary>
internal sealed record Notified(Guid Id);

/// <summary>What a person is told.</summary>
public sealed class NotificationsScenario : ModuleScenario
{
    public override IReadOnlyList<RestRow> Routes =>
    [
        new("GET /notifications", _ => "notifications", null, 200, 200, 200, 200, 200, 200, None),
        new("GET /notifications/unread_count", _ => "notifications/unread_count", null, 200, 200, 200, 200, 200, 200, None),
        new("GET /notifications/preferences", _ => "notifications/preferences", null, 200, 200, 200, 200, 200, 200, None),
        new("PUT /notifications/preferences", _ => "notifications/preferences", w => new { group_id = w.Group, level = "all" },
            404, 404, 200, 200, 200, 200, 404),
        // The notification is the invitee's.
        new("GET /notifications/{id}", w => $"notifications/{w.Of<Notified>().Id}", null, 404, 404, 404, 404, 404, 404, 404,
            Past: 200, Caller: c => c.Invitee),
        new("PUT /notifications/{id}/read", w => $"notifications/{w.Of<Notified>().Id}/read", null, 404, 404, 404, 404, 404, 404,
            404, Past: 200, Caller: c => c.Invitee),
        new("PUT /notifications/read", _ => "notifications/read", null, 204, 204, 204, 204, 204, 204, None),
    ];

    public override IReadOnlyList<HubRow> HubMethods =>
    [
        new("Focus", w => [w.Group], 404, 404, 200, 200, 200, 200),
        new("MarkNotificationRead", w => [w.Of<Notified>().Id], 404, 404, 404, 404, 404, 404, Past: 200, Caller: c => c.Invitee),
    ];

    public override async Task Arrange(World world)
    {
        var recipient = world.IsOfPastMember ? world.Mine : world.Cast.Invitee;
        var newest = (await recipient.Get("/api/notifications?type=group_invite&limit=1")).Expect(200)["data"]![0]!;
        world.Add(new Notified(newest["id"]!.GetValue<Guid>()));
    }

    public override IReadOnlyList<EventSample> Samples =>
    [
        new(new NotificationCreated(
            Sample.Notification, "group_invite", "Winter coats", "Ana invited you.",
            JsonSerializer.SerializeToElement(new { group_id = Sample.Group }),
            new NotificationMetadata(Sample.Ana, Sample.Rui, Sample.Invite, "invite"), Read: false, Sample.At), "{id}"),
        new(new NotificationWithdrawn(Sample.Notification, Sample.Rui), "{id}"),
    ];

    public override IReadOnlyList<ClientView> Views =>
    [
        // That one has read it is not pushed, but that there are fewer.
        new("notifications", ["NotificationReceived", "NotificationWithdrawn"],
            async (me, _) => new JsonObject((await me.Get("/api/notifications?limit=100")).Expect(200)["data"]!.AsArray()
                .Select(n => KeyValuePair.Create((string)n!["id"]!, n["title"]?.DeepClone()))),
            (held, push) =>
            {
                if (push.Name == "NotificationReceived")
                    held![(string)push.Payload["id"]!] = push.Payload["title"]!.DeepClone();
                else
                    held!.AsObject().Remove((string)push.Payload["id"]!);
                return held;
            }),
        new("count of unread notifications", ["UnreadChanged"],
            async (me, _) => (await me.Get("/api/notifications/unread_count")).Expect(200)["unread"]!.DeepClone(),
            (_, push) => push.Payload["unread"]!.DeepClone()),
    ];

    public override async Task Tell(Story story)
    {
        var (ana, rui) = (await story.Person("ana"), await story.Person("rui"));
        var group = await story.Group(ana);
        await using var ruis = await story.Client(rui, group);
        var invite = await ruis.After(
            "somebody is invited", async () =>
                (await ana.Post($"/api/groups/{group}/invites", new { invitee_id = rui.Id, role = "member" })).Expect(201));
        await story.Keep(ruis.Socket, "NotificationReceived", "UnreadChanged");
        await ruis.After("the invite is revoked", async () => (await ana.Delete($"/api/invites/{invite["id"]}")).Expect(204));
        await story.Keep(ruis.Socket, "NotificationWithdrawn");
    }

    public override async Task UseReplicas(AfterLoss after)
    {
        var eva = await after.Service.Person("Eva");
        (await after.Owner.Post($"/api/groups/{after.Group}/invites", new { invitee_id = eva.Id })).Expect(201);
        await Until.True(
            async () => (await eva.Get("/api/notifications")).Expect(200)["data"]!.AsArray() is [{ } told, ..]
                && (string?)told["title"] == "Rui invites you to Remembered",
            "a notification that names both");
    }
}
