namespace Beat.Messaging.Integration.Tests.Messages;

/// <summary>Chat over REST and the hub.</summary>
public abstract class ChatTests(RunningService running)
{
    private readonly Service service = running.Service;

    [SkippableFact]
    public async Task Two_people_chat_over_the_hub()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        await using var anas = await ana.Connect();
        await using var ruis = await rui.Connect();
        await anas.Join(group);
        var joined = await ruis.Join(group);
        Assert.Equal("member", (string?)joined["my_role"]);
        Assert.Contains(joined["online"]!.AsArray(), id => id!.GetValue<Guid>() == ana.Id);

        var sent = await anas.SendText(group, "Who has a raincoat?", "a-1");
        Assert.Equal(1, (long)sent["seq"]!);
        Assert.False((bool)sent["replayed"]!);
        var received = (await ruis.Await("MessageReceived"))[0];
        Assert.Equal("Who has a raincoat?", (string?)received["payload"]!["content"]);
        Assert.Equal((string?)sent["id"], (string?)received["id"]);

        var again = await anas.SendText(group, "Who has a raincoat?", "a-1");
        Assert.True((bool)again["replayed"]!);
        Assert.Equal("idempotency_conflict", (string?)(await anas.Refused(
            "SendTextMessage", group, new { content = "Something else", client_message_id = "a-1" }))["code"]);

        await ruis.Call("Typing", group);
        Assert.Equal(rui.Id, (await anas.Await("TypingStarted"))[0]["profile_id"]!.GetValue<Guid>());

        var edited = await anas.Call("EditMessage", group, (string)sent["id"]!, new { content = "Who has a coat?" });
        Assert.Equal(2, (int)edited!["revision"]!);
        Assert.Equal("Who has a coat?", (string?)(await ruis.Await("MessageEdited"))[0]["payload"]!["content"]);
        await anas.Call("DeleteMessage", group, (string)sent["id"]!);
        var tombstone = (await ruis.Await("MessageDeleted"))[0];
        Assert.Null((string?)tombstone["payload"]!["content"]);
        Assert.NotNull((string?)tombstone["deleted_at"]);
    }

    [SkippableFact]
    public async Task A_borrow_message_is_sent_listed_and_pushed_with_its_garment()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        await using var ruis = await rui.Connect();
        await ruis.Join(group);
        await using var anas = await ana.Connect();
        var garment = Guid.NewGuid();
        await anas.Call(
            "SendBorrowMessage", group,
            new { content = "May I?", garment_id = garment, borrow = new { kind = "request", owner_id = rui.Id } });
        var pushed = (await ruis.Await("MessageReceived"))[0];
        Assert.Equal(garment, pushed["payload"]!["garment_id"]!.GetValue<Guid>());
        Assert.Equal("open", (string?)pushed["borrow"]!["state"]);
        Assert.Equal(rui.Id, pushed["borrow"]!["lender_id"]!.GetValue<Guid>());
        var listed = (await rui.Get($"/api/groups/{group}/messages?type=borrow&garment_id={garment}")).Expect(200);
        Assert.Single(listed["data"]!.AsArray());
    }

    [SkippableFact]
    public async Task Someone_who_missed_messages_ends_with_exactly_the_right_list()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        System.Text.Json.Nodes.JsonNode join;
        await using (var before = await rui.Connect())
        {
            await ana.SendText(group, "1");
            join = await before.Join(group);
        }
        for (var i = 2; i <= 60; i++)
            await ana.SendText(group, $"{i}");
        await ana.Patch($"/api/groups/{group}/messages/{join["missed"]![0]!["id"]}", new { content = "one" });

        await using var after = await rui.Connect();
        var rejoined = await after.Join(
            group, new { after_seq = 1, changed_since = (string)join["changed"]!, epoch = (string)join["epoch"]! });
        Assert.Equal(Enumerable.Range(2, 59).Select(i => (long)i), rejoined["missed"]!.AsArray().Select(m => (long)m!["seq"]!));
        Assert.Equal("one", (string?)rejoined["changed_messages"]![0]!["payload"]!["content"]);
        Assert.False((bool)rejoined["truncated"]!);
        Assert.Equal("resync_required", (string?)(await after.Refused("JoinGroup", group, new { after_seq = 1000 }))["code"]);
        Assert.Equal(
            "resync_required", (string?)(await after.Refused("JoinGroup", group, new { epoch = Guid.NewGuid() }))["code"]);
    }

    [SkippableFact]
    public async Task Sends_in_flight_keep_their_order()
    {
        var ana = await service.Person("Ana");
        var group = await ana.CreateGroup();
        await using var socket = await ana.Connect();
        await socket.Join(group);
        var sends = Enumerable.Range(1, 200).Select(i => socket.SendText(group, $"{i}")).ToList();
        var answers = await Task.WhenAll(sends);
        Assert.Equal(Enumerable.Range(1, 200).Select(i => (long)i), answers.Select(a => (long)a["seq"]!));
        var pushed = await socket.Await("MessageReceived", 200);
        Assert.Equal(Enumerable.Range(1, 200).Select(i => $"{i}"), pushed.Select(p => (string)p["payload"]!["content"]!));
    }

    [SkippableFact]
    public async Task A_kick_evicts_at_once()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup(isPublic: true);
        (await rui.Post($"/api/groups/{group}/join")).Expect(201);
        await using var ruis = await rui.Connect();
        await ruis.Join(group);
        (await ana.Delete($"/api/groups/{group}/members/{rui.Id}")).Expect(200);
        await ana.SendText(group, "Not for Rui");
        Assert.Equal("kicked", (string?)(await ruis.Await("MembershipRevoked"))[0]["reason"]);
        Assert.Equal(
            "forbidden", (string?)(await ruis.Refused("SendTextMessage", group, new { content = "Still here?" }))["code"]);
        Assert.Equal("kicked", (await rui.Post($"/api/groups/{group}/join")).Code);
        Assert.Empty(ruis.Of("MessageReceived"));
        await ana.Invite(group, rui);
        await ruis.Join(group);
        await ana.SendText(group, "Welcome back");
        Assert.Equal("Welcome back", (string?)(await ruis.Await("MessageReceived"))[0]["payload"]!["content"]);
    }

    [SkippableFact]
    public async Task Everything_survives_a_restart()
    {
        var folder = Scratch.Folder();
        try
        {
            Guid group, ana;
            await using (var first = await Service.Start(folder))
            {
                var person = await first.Person("Ana");
                (ana, group) = (person.Id, await person.CreateGroup());
                await person.SendText(group, "Before", "b");
            }
            await using var second = await Service.Start(folder);
            var again = await second.Person("Ana", profileId: ana);
            var listed = (await again.Get($"/api/groups/{group}/messages")).Expect(200);
            Assert.Equal("Before", (string?)listed["data"]![0]!["payload"]!["content"]);
            Assert.True((bool)(await again.SendText(group, "Before", "b"))["replayed"]!);
            Assert.Equal(2, (long)(await again.SendText(group, "After"))["seq"]!);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

/// <inheritdoc/>
public sealed class EmbeddedChatTests(EmbeddedService running) : ChatTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class MongoChatTests(MongoService running) : ChatTests(running), IClassFixture<MongoService>;
