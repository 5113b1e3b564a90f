using System.Text.RegularExpressions;
using Beat.Messaging.Messages.Pushes;
using Beat.Messaging.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Beat.Messaging.Contract.Tests;

/// <summary>A running service in which everything happened once, and what was pushed and mirrored because of it.</summary>
public sealed partial class ContractScenario : IAsyncLifetime
{
    private static readonly string[] Topics = ["messaging_events", "messaging_chat_events", "messaging_notifications_events"];
    private readonly Dictionary<string, string> names = new() { [$"{Guid.Empty}"] = "<nobody>" };

    public Service Service { get; private set; } = null!;

    /// <summary>Name of a push → its payload, with names instead of what differs from run to run.</summary>
    public SortedDictionary<string, JsonNode> Pushes { get; } = new(StringComparer.Ordinal);

    /// <summary>The records that the service wrote to Kafka, by topic.</summary>
    public IReadOnlyList<(string Topic, JsonNode Record)> Mirrored { get; private set; } = [];

    public async Task InitializeAsync()
    {
        Service = await Service.Start();
        await Run();
        var mirrored = new List<(string, JsonNode)>();
        foreach (var topic in Topics)
        {
            var last = topic switch { "messaging_events" => "group_deleted", "messaging_chat_events" => "message_deleted", _ => "notification_withdrawn" };
            var read = await KafkaProbe.ReadUntil(Service.Kafka, topic, records => records.Any(record => (string?)record["value"]!["event_type"] == last));
            mirrored.AddRange(read.Where(record => (string?)record["value"]!["metadata"]!["source"] == "messaging_service").Select(record => (topic, record)));
        }
        Mirrored = mirrored;
    }

    public async Task DisposeAsync() => await Service.DisposeAsync();

    private async Task Run()
    {
        var (ana, rui, sol, eva) = (await Somebody("ana"), await Somebody("rui"), await Somebody("sol"), await Somebody("eva"));
        // Before there is a group, so that nobody is told that they are here.
        await using var anas = await ana.Connect();
        await using var ruis = await rui.Connect();
        await using var evas = await eva.Connect();
        var group = await ana.CreateGroup();
        names[$"{group}"] = "<group>";
        await ana.Invite(group, sol);
        await anas.Join(group);

        await ana.Invite(group, rui);
        await Keep(ruis, "InviteReceived", "NotificationReceived", "UnreadChanged", "MembershipGranted");
        await Keep(anas, "MemberJoined");
        var toEva = (await ana.Post($"/api/groups/{group}/invites", new { invitee_id = eva.Id, role = "member" })).Expect(201);
        (await ana.Delete($"/api/invites/{toEva["id"]}")).Expect(204);
        await Keep(evas, "InviteWithdrawn", "NotificationWithdrawn");
        toEva = (await ana.Post($"/api/groups/{group}/invites", new { invitee_id = eva.Id, role = "member" })).Expect(201);
        (await eva.Post($"/api/invites/{toEva["id"]}/decline")).Expect(200);

        await ruis.Join(group);
        var text = await anas.SendText(group, "Who has a raincoat?", "a-1");
        await Keep(ruis, "MessageReceived");
        var borrow = (await anas.Call("SendBorrowMessage", group, new
        {
            content = "May I have it?",
            garment_id = Named("garment"),
            borrow = new { kind = "request", owner_id = rui.Id, due_at = "2030-01-01T00:00:00Z" },
            reply_to = text["id"],
            mentions = new[] { rui.Id },
            client_message_id = "a-2",
        }))!;
        Keep("MessageReceived of a borrow message", (await ruis.Await("MessageReceived", 2))[1]);
        await anas.Call("EditMessage", group, borrow["id"], new { content = "May I have it, please?" });
        await Keep(ruis, "MessageEdited");
        await ruis.Call("React", group, text["id"], "👍", true);
        await Keep(ruis, "ReactionChanged");
        await ruis.Call("MarkRead", group, 2);
        await Keep(ruis, "ReadMoved");
        await ruis.Call("ActOnBorrow", group, borrow["id"], "accept", new { due_at = "2030-01-02T00:00:00Z" });
        await Keep(anas, "BorrowChanged");
        await anas.Call("DeleteMessage", group, text["id"]);
        await Keep(ruis, "MessageDeleted");
        await KafkaProbe.Write(Service.Kafka, "messaging_chat_events", new JsonObject
        {
            ["version"] = 1,
            ["event_type"] = "system_message",
            ["payload"] = new JsonObject { ["group_id"] = group, ["content"] = "Maintenance at ten" },
            ["metadata"] = new JsonObject { ["source"] = "core_service", ["event_id"] = Named("event") },
            ["occurred_at"] = "2026-11-23T09:50:30.723617422Z",
        }.ToJsonString());
        Keep("MessageReceived of a system message", (await ruis.Await("MessageReceived", 3))[2]);
        await anas.Call("Typing", group);
        await Keep(ruis, "TypingStarted");
        await Service.Services.GetServices<IHostedService>().OfType<PushGroupHeads>().Single().PushMoved();
        Keep("GroupHead", (await ruis.Await("GroupHead", where: push => (long)push["head_seq"]! == 3))[0]);

        await using (var sols = await sol.Connect())
        {
            Keep("PresenceChanged", (await anas.Await("PresenceChanged", where: push => push["joined"]!.AsArray().Any(id => id!.GetValue<Guid>() == sol.Id)))[0]);
            (await ana.Patch($"/api/groups/{group}/members/{sol.Id}", new { role = "moderator" })).Expect(200);
            await Keep(anas, "RoleChanged");
            (await ana.Delete($"/api/groups/{group}/members/{sol.Id}")).Expect(200);
            await Keep(sols, "MembershipRevoked");
            await Keep(anas, "MemberKicked");
        }
        (await ana.Patch($"/api/groups/{group}", new { description = "Changed" })).Expect(200);
        // Counts and points are told every few seconds, so another may have come before.
        Keep("GroupUpdated", (await anas.Await("GroupUpdated", where: push => (string?)push["description"] == "Changed" && (int)push["xp"]! == 41))[0]);
        (await ana.Post($"/api/groups/{group}/transfer", new { member_id = rui.Id })).Expect(200);
        (await rui.Post($"/api/groups/{group}/transfer", new { member_id = ana.Id })).Expect(200);
        (await rui.Post($"/api/groups/{group}/leave")).Expect(204);
        await Keep(anas, "MemberLeft");
        (await ana.Delete($"/api/groups/{group}")).Expect(204);
        await Keep(anas, "GroupDeleted");
    }

    private async Task<Person> Somebody(string name)
    {
        var person = await Service.Person(name);
        names[$"{person.Id}"] = $"<{name}>";
        return person;
    }

    private Guid Named(string name)
    {
        var id = Guid.NewGuid();
        names[$"{id}"] = $"<{name}>";
        return id;
    }

    private async Task Keep(Socket socket, params string[] pushes)
    {
        foreach (var push in pushes)
            Keep(push, (await socket.Await(push))[0]);
    }

    private void Keep(string name, JsonNode payload) => Pushes[name] = JsonNode.Parse(Varying().Replace(
        payload.ToJsonString(),
        match => match.Groups["id"].Success
            ? names.GetValueOrDefault(match.Value, "<id>")
            : $"<{match.Groups.Values.Skip(1).First(kind => kind.Success).Name}>"))!;

    [GeneratedRegex(@"(?<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|(?<time>202[0-9]-[0-9]{2}-[0-9]{2}T[0-9:.]+Z)|(?<changed>\b[0-9]{20}\b)|(?<token>(?<![\w-])[\w-]{43}(?![\w-]))")]
    private static partial Regex Varying();
}

[CollectionDefinition(nameof(ContractScenario))]
public sealed class StoryCollection : ICollectionFixture<ContractScenario>;
