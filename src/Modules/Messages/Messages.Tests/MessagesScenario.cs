using Beat.Messaging.Messages.Pushes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Beat.Messaging.Messages.Tests;

/// <summary>A message, and an offer to lend; that of a past member is taken.</summary>
internal sealed record Sent(Guid Message, Guid Offer);

/// <summary>Messages, reactions, what is read, and loans.</summary>
public sealed class MessagesScenario : ModuleScenario
{
    public override IReadOnlyList<RestRow> Routes =>
    [
        new("GET /groups/{id}/messages", w => $"groups/{w.Group}/messages", null, 404, 404, 200, 200, 200, 200, 404),
        new("POST /groups/{id}/messages", w => $"groups/{w.Group}/messages", _ => new { content = "hello" }, 404, 404, 201, 201,
            201, 201, 404),
        // The message is the member's.
        new("GET /groups/{id}/messages/{message_id}", w => $"groups/{w.Group}/messages/{w.Of<Sent>().Message}", null, 404, 404,
            200, 200, 200, 200, 404, InOtherGroup: w => $"groups/{w.OtherGroup}/messages/{w.Of<Sent>().Message}"),
        new(
            "PATCH /groups/{id}/messages/{message_id}", w => $"groups/{w.Group}/messages/{w.Of<Sent>().Message}",
            _ => new { content = "changed" }, 404, 404, 200, 403, 403, 403, 404,
            InOtherGroup: w => $"groups/{w.OtherGroup}/messages/{w.Of<Sent>().Message}"),
        new("DELETE /groups/{id}/messages/{message_id}", w => $"groups/{w.Group}/messages/{w.Of<Sent>().Message}", null, 404, 404,
            204, 204, 204, 204, 404, InOtherGroup: w => $"groups/{w.OtherGroup}/messages/{w.Of<Sent>().Message}"),
        // The offer is the member's, who cannot take it. The past member's is taken: they are told what they can do with it.
        new(
            "POST /groups/{id}/messages/{message_id}/borrow/{action}",
            w => $"groups/{w.Group}/messages/{w.Of<Sent>().Offer}/borrow/accept", null, 404, 404, 409, 200, 200, 200, 404,
            InOtherGroup: w => $"groups/{w.OtherGroup}/messages/{w.Of<Sent>().Offer}/borrow/accept", Past: 409),
        new("GET /borrows", _ => "borrows", null, 200, 200, 200, 200, 200, 200, None),
        new(
            "PUT /groups/{id}/messages/{message_id}/reactions/{emoji}",
            w => $"groups/{w.Group}/messages/{w.Of<Sent>().Message}/reactions/%F0%9F%91%8D", null, 404, 404, 200, 200, 200, 200,
            404, InOtherGroup: w => $"groups/{w.OtherGroup}/messages/{w.Of<Sent>().Message}/reactions/%F0%9F%91%8D"),
        new(
            "DELETE /groups/{id}/messages/{message_id}/reactions/{emoji}",
            w => $"groups/{w.Group}/messages/{w.Of<Sent>().Message}/reactions/%F0%9F%91%8D", null, 404, 404, 200, 200, 200, 200,
            404, InOtherGroup: w => $"groups/{w.OtherGroup}/messages/{w.Of<Sent>().Message}/reactions/%F0%9F%91%8D"),
        new("PUT /groups/{id}/read", w => $"groups/{w.Group}/read", _ => new { seq = 1 }, 404, 404, 200, 200, 200, 200, 404),
        new("GET /messages/unread", _ => "messages/unread", null, 200, 200, 200, 200, 200, 200, None),
    ];

    public override IReadOnlyList<HubRow> HubMethods =>
    [
        new("JoinGroup", w => [w.Group, null], 404, 404, 200, 200, 200, 200),
        // One answer or problem per group: the call itself is not refused.
        new("JoinGroups", w => [new[] { new { group_id = w.Group } }], 200, 200, 200, 200, 200, 200),
        new("LeaveGroup", w => [w.Group], 200, 200, 200, 200, 200, 200),
        new("SendTextMessage", w => [w.Group, new { content = "hello" }], 404, 404, 200, 200, 200, 200),
        new("SendBorrowMessage", w => [w.Group, new { content = "hello", garment_id = Guid.NewGuid() }], 404, 404, 200, 200, 200,
            200),
        new("EditMessage", w => [w.Group, w.Of<Sent>().Message, new { content = "changed" }], 404, 404, 200, 403, 403, 403),
        new("DeleteMessage", w => [w.Group, w.Of<Sent>().Message], 404, 404, 200, 200, 200, 200),
        new("React", w => [w.Group, w.Of<Sent>().Message, "👍", true], 404, 404, 200, 200, 200, 200),
        new("MarkRead", w => [w.Group, 1], 404, 404, 200, 200, 200, 200),
        new("ActOnBorrow", w => [w.Group, w.Of<Sent>().Offer, "accept", null], 404, 404, 409, 200, 200, 200, Past: 409),
        new("Typing", w => [w.Group], 404, 404, 200, 200, 200, 200),
    ];

    public override async Task Arrange(World world)
    {
        var message = (await world.Mine.SendText(world.Group, "Mine"))["id"]!.GetValue<Guid>();
        var offer = (await world.Mine.Post($"/api/groups/{world.Group}/messages", new
        {
            type = "borrow",
            content = "Who wants it?",
            garment_id = Guid.NewGuid(),
            borrow = new { kind = "offer" },
            client_message_id = $"{Guid.NewGuid()}",
        })).Expect(201)["id"]!.GetValue<Guid>();
        if (world.IsOfPastMember)
            (await world.Cast.Member.Post($"/api/groups/{world.Group}/messages/{offer}/borrow/accept")).Expect(200);
        world.Add(new Sent(message, offer));
    }

    public override IReadOnlyList<CapabilityUse> Uses =>
    [
        new("message:view", (me, w) => me.Get($"/api/groups/{w.Group}/messages")),
        new("message:send", (me, w) => me.Post($"/api/groups/{w.Group}/messages", new { content = "Hello" })),
        new("message:delete_others", (me, w) => me.Delete($"/api/groups/{w.Group}/messages/{w.Of<Sent>().Message}")),
    ];

    private static readonly BorrowProposal Borrow = new(BorrowKind.Request, Sample.Rui, Sample.At.AddDays(7));

    public override IReadOnlyList<EventSample> Samples =>
    [
        new(
            new TextMessageSent(
                Sample.Message, 7, Sample.Group, Sample.Ana, "Wer hat einen Mantel? 🧥", Sample.Original, [Sample.Rui], Sample.At,
                Sample.Sol), "{id}"),
        new(new BorrowMessageSent(
            Sample.Message, 7, Sample.Group, Sample.Ana, "May I have it?", Sample.Original, [Sample.Rui], Sample.At,
            Sample.Garment, Borrow, Sample.Sol), "{id}"),
        new(new SystemMessageSent(Sample.Message, 7, Sample.Group, "Maintenance at ten", Sample.At), "{id}"),
        new(new MessageEdited(
            Sample.Message, 7, Sample.Group, Sample.Ana, "May I have it, please?", Sample.Original, [Sample.Rui], Sample.At,
            Sample.Garment, Borrow, 2, Sample.At.AddMinutes(1), Sample.Sol), "{id}"),
        new(new MessageDeleted(Sample.Message, 7, Sample.Group, Sample.Ana, 3, Sample.At.AddMinutes(2)), "{id}"),
        new(new ReactionChanged(Sample.Message, 7, Sample.Group, Sample.Rui, "👍🏽", On: true, 4), "{message_id}"),
        new(new BorrowChanged(
            Sample.Group, Sample.Message, Sample.Garment, BorrowState.HandedOver, Sample.Rui, Sample.Ana, Sample.Rui,
            Sample.At.AddDays(14)), null),
        new(
            new BorrowDue(
                Sample.Group, Sample.Message, Sample.Garment, Sample.Rui, Sample.Ana, Sample.At.AddDays(14), IsPast: true), null)
        {
            NotInStory = "a loan is due after days",
        },
    ];

    public override IReadOnlyList<ClientView> Views =>
    [
        new("messages",
            ["MessageReceived", "MessageEdited", "MessageDeleted", "ReactionChanged", "BorrowChanged", "MembershipRevoked"],
            async (me, group) => await me.Get($"/api/groups/{group}/messages?limit=100") is { Status: 200, Body: { } page }
                ? new JsonObject(
                    page["data"]!.AsArray()
                        .Select(message => KeyValuePair.Create($"{message!["seq"]}", (JsonNode?)message.DeepClone())))
                : null,
            (held, push) =>
            {
                if (push.Payload["group_id"]!.GetValue<Guid>() != push.Group)
                    return held;
                if (push.Name == "MembershipRevoked")
                    return null;
                if (held![$"{push.Payload["seq"]}"] is not { } known
                    || (long)known["revision"]! < (long)push.Payload["revision"]!)
                    held[$"{push.Payload["seq"]}"] = push.Payload.DeepClone();
                return held;
            }),
        new("read mark", ["MessageReceived", "ReadMoved", "GroupHead", "MembershipRevoked"],
            async (me, group) => (await me.Get("/api/messages/unread")).Expect(200)["data"]!.AsArray()
                .SingleOrDefault(row => row!["group_id"]!.GetValue<Guid>() == group) is { } row
                ? new JsonObject { ["head"] = (long)row["head_seq"]!, ["read"] = (long)row["last_read_seq"]! }
                : null,
            (held, push) =>
            {
                if (push.Payload["group_id"]!.GetValue<Guid>() != push.Group)
                    return held;
                if (push.Name == "MembershipRevoked")
                    return null;
                if (push.Name == "ReadMoved")
                    held!["read"] = (long)push.Payload["seq"]!;
                else
                    held!["head"] = Math.Max((long)held["head"]!, (long)(push.Payload["seq"] ?? push.Payload["head_seq"])!);
                return held;
            }),
    ];

    public override IReadOnlyDictionary<string, string> PushesOfTheMoment => new Dictionary<string, string>
    {
        ["TypingStarted"] = "it is shown for some seconds and read nowhere",
    };

    public override async Task Tell(Story story)
    {
        var (ana, rui, sol) = (await story.Person("ana"), await story.Person("rui"), await story.Person("sol"));
        var group = await story.Group(ana, rui, sol);
        await using var anas = await story.Client(ana, group);
        await using var ruis = await story.Client(rui, group);
        Task<T> Both<T>(string action, Func<Task<T>> act) => CheckedClient.After(action, act, anas, ruis);

        var text = await Both("a message is sent", () => anas.Socket.SendText(group, "Who has a raincoat?", "a-1"));
        await story.Keep(ruis.Socket, "MessageReceived");
        var borrow = (await Both("a garment is asked for", () => anas.Socket.Call("SendBorrowMessage", group, new
        {
            content = "May I have it?",
            garment_id = story.Named("garment"),
            borrow = new { kind = "request", owner_id = rui.Id, due_at = "2030-01-01T00:00:00Z" },
            reply_to = text["id"],
            mentions = new[] { rui.Id },
            client_message_id = "a-2",
        })))!;
        story.Keep("MessageReceived of a borrow message", (await ruis.Socket.Await("MessageReceived", 2))[1]);
        await Both("a message is edited",
            () => anas.Socket.Call("EditMessage", group, borrow["id"], new { content = "May I have it, please?" }));
        await story.Keep(ruis.Socket, "MessageEdited");
        await Both("a reaction is made", () => ruis.Socket.Call("React", group, text["id"], "👍", true));
        await story.Keep(ruis.Socket, "ReactionChanged");
        await Both("a mark is moved", () => ruis.Socket.Call("MarkRead", group, 2));
        await story.Keep(ruis.Socket, "ReadMoved");
        await Both("a loan is accepted",
            () => ruis.Socket.Call("ActOnBorrow", group, borrow["id"], "accept", new { due_at = "2030-01-02T00:00:00Z" }));
        await story.Keep(anas.Socket, "BorrowChanged");
        await Both("a message is deleted", () => anas.Socket.Call("DeleteMessage", group, text["id"]));
        await story.Keep(ruis.Socket, "MessageDeleted");
        var maintenance = new JsonObject
        {
            ["version"] = 1,
            ["event_type"] = "system_message",
            ["payload"] = new JsonObject { ["group_id"] = group, ["content"] = "Maintenance at ten" },
            ["metadata"] = new JsonObject { ["source"] = "core_service", ["event_id"] = story.Named("event") },
            ["occurred_at"] = "2026-11-23T09:50:30.723617422Z",
        }.ToJsonString();
        await Both("another service sends", async () =>
        {
            await KafkaProbe.Write(story.Service.Kafka, MessageTopics.Events, maintenance);
            return await ruis.Socket.Await("MessageReceived", 3);
        });
        story.Keep("MessageReceived of a system message", (await ruis.Socket.Await("MessageReceived", 3))[2]);
        await anas.Socket.Call("Typing", group);
        await story.Keep(ruis.Socket, "TypingStarted");
        await story.Service.Services.GetServices<IHostedService>().OfType<PushGroupHeads>().Single().PushMoved();
        story.Keep("GroupHead", (await ruis.Socket.Await("GroupHead", where: push => (long)push["head_seq"]! == 3))[0]);
    }

    public override async Task UseReplicas(AfterLoss after)
    {
        // Whose marks are lost has read what there was; otherwise nothing changes.
        await Until.True(
            async () => (await after.Owner.Get("/api/messages/unread")).Expect(200)["data"]![0] is { } row
                && (long)row["head_seq"]! == 1 && (long)row["unread"]! == (after.Lost == Module ? 0 : 1),
            "what is unread");
        await after.Owner.SendText(after.Group, "Still here");
    }
}
