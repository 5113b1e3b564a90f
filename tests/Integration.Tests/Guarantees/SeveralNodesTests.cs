using System.Collections.Concurrent;

namespace Beat.Messaging.Integration.Tests.Guarantees;

/// <summary>Two processes on one set of servers act as one service.</summary>
[Collection(RealServers.Name)]
public sealed class SeveralNodesTests : IAsyncLifetime
{
    private const string Secret = "a secret that both nodes know, of 32 characters or more";

    private readonly List<HostProcess> nodes = [];
    private readonly List<Uri> urls = [];
    private readonly List<string> folders = [];
    private Server? redis;
    private Server? kafka;
    private SkipException? skipped;
    private (string Name, string Value)[] settings = [];

    public async Task InitializeAsync()
    {
        try
        {
            redis = await Servers.StartRedis();
            kafka = await Servers.StartKafka();
            settings =
            [
                .. (await MongoService.Settings(kafka)).Select(setting => setting.Split('=', 2))
                    .Select(pair => (pair[0], pair[1])).Where(pair => pair.Item1 != "REDIS_URL"),
                ("REDIS_URL", redis.Url), ("SECRET_KEY_BASE", Secret),
            ];
        }
        catch (SkipException missing)
        {
            // Each test says so.
            skipped = missing;
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var node in nodes)
            await node.DisposeAsync();
        foreach (var server in new[] { redis, kafka })
        {
            if (server is not null)
                await server.DisposeAsync();
        }
        folders.ForEach(folder => Directory.Delete(folder, recursive: true));
    }

    [SkippableFact]
    public async Task Clients_of_different_nodes_chat_see_each_other_and_are_evicted()
    {
        await StartNodes(2);
        var (ana, rui) = (await HostProcess.Person(urls[0], "Ana"), await HostProcess.Person(urls[1], "Rui"));
        var group = await ana.CreateGroup();
        await using var anas = await ana.Connect();
        await using var ruis = await rui.Connect();
        await ana.Invite(group, rui);
        await ruis.Await("InviteReceived");
        await ruis.Await("MembershipGranted");
        await ruis.Await("NotificationReceived");
        await anas.Join(group);
        await ruis.Join(group);

        // Presence is of both nodes.
        await Until.True(
            async () => (await ana.Get($"/api/groups/{group}/presence")).Expect(200)["online"]!.AsArray().Count == 2,
            "both online at one node");
        await Until.True(
            async () => (await rui.Get($"/api/groups/{group}/presence")).Expect(200)["online"]!.AsArray().Count == 2,
            "both online at the other");

        // Both write at once: one dense order, the same for both, each once.
        await Task.WhenAll(SendMany(anas, group, "a"), SendMany(ruis, group, "r"));
        foreach (var socket in new[] { anas, ruis })
        {
            var seqs = (await socket.Await("MessageReceived", 120)).Select(m => (long)m["seq"]!).ToList();
            Assert.Equal(Enumerable.Range(1, 120).Select(seq => (long)seq), seqs);
        }
        // An idempotent send is one, whichever node gets the repeat.
        var first = (await ana.Post($"/api/groups/{group}/messages", new { content = "once", client_message_id = "once" }))
            .Expect(201);
        var asRui = new Person(urls[1], ana.Id, ana.Token, isPatient: true);
        var again = (await asRui.Post($"/api/groups/{group}/messages", new { content = "once", client_message_id = "once" }))
            .Expect(201);
        Assert.Equal((string?)first["id"], (string?)again["id"]);
        Assert.True((bool)again["replayed"]!);
        // An edit, typing and the group's change are seen at the other node.
        (await ana.Patch($"/api/groups/{group}/messages/{first["id"]}", new { content = "once and for all" })).Expect(200);
        Assert.Equal("once and for all", (string?)(await ruis.Await("MessageEdited"))[0]["payload"]!["content"]);
        await ruis.Call("Typing", group);
        await anas.Await("TypingStarted");
        (await ana.Patch($"/api/groups/{group}", new { description = "Changed" })).Expect(200);
        await ruis.Await("GroupUpdated", 1, g => (string?)g["description"] == "Changed");

        // Who is kicked at one node receives and sends nothing at the other.
        (await ana.Delete($"/api/groups/{group}/members/{rui.Id}")).Expect(200);
        await ruis.Await("MembershipRevoked");
        var before = ruis.Of("MessageReceived").Count;
        await anas.SendText(group, "without Rui");
        await anas.Await("MessageReceived", 122);
        Assert.Equal(
            "group_not_found", (string?)(await ruis.Refused("SendTextMessage", group, new { content = "still here?" }))["code"]);
        Assert.Equal(404, (await rui.Post($"/api/groups/{group}/messages", new { content = "still here?" })).Status);
        Assert.Equal(before, ruis.Of("MessageReceived").Count);
    }

    [SkippableFact]
    public async Task A_profile_that_is_deleted_at_one_node_is_gone_at_the_other()
    {
        await StartNodes(2);
        var (ana, rui, eva) =
            (await HostProcess.Person(urls[0], "Ana"), await HostProcess.Person(urls[1], "Rui"),
                await HostProcess.Person(urls[0], "Eva"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        var people = new[] { rui, eva };
        // Each is connected to both; one node reads the events.
        var sockets = new List<Socket>();
        foreach (var url in urls)
        {
            foreach (var person in people)
                sockets.Add(await new Person(url, person.Id, person.Token, isPatient: true).Connect());
        }
        await Delete(rui);
        // Without the link it takes a look at the store.
        await redis!.Kill();
        await Delete(eva);
        foreach (var socket in sockets)
            await socket.DisposeAsync();
        Assert.Equal(
            [ana.Id], (await ana.Get($"/api/groups/{group}/members")).Expect(200)["data"]!.AsArray()
                .Select(m => m!["profile_id"]!.GetValue<Guid>()));

        async Task Delete(Person person)
        {
            await KafkaProbe.Write(kafka!.Url, "auth_events", $$"""
                {"version":1,"event_type":"profile_deleted","payload":{"profile_id":"{{person.Id}}"},"metadata":{"source":"auth_service","event_id":"{{Guid.NewGuid()}}"},"occurred_at":"2026-01-01T00:00:00Z"}
                """);
            foreach (var url in urls)
            {
                var same = new Person(url, person.Id, person.Token, isPatient: true);
                await Until.True(async () => (await same.Get("/api/groups")).Status == 401, $"{person.Id} is refused at {url}");
            }
            await Until.True(
                () => sockets.Where((_, i) => people[i % people.Length] == person).All(socket => socket.ClosedAt is not null),
                "their connections to close");
        }
    }

    [SkippableFact]
    public async Task A_node_that_is_killed_loses_nothing_and_the_other_takes_over()
    {
        await StartNodes(2);
        // The first has the leases: it was alone for a while.
        var (ana, rui) = (await HostProcess.Person(urls[0], "Ana"), await HostProcess.Person(urls[1], "Rui"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        await using var ruis = await rui.Connect();
        await ruis.Join(group);

        var acknowledged = new ConcurrentDictionary<string, long>();
        using var killed = new CancellationTokenSource();
        var sending = Task.WhenAll(Send(ana, "a", killed.Token), Send(rui, "r", CancellationToken.None, until: 400));
        await Until.True(() => acknowledged.Keys.Count(id => id[0] == 'a') >= 50, "sends at the node that is killed");
        await nodes[0].Kill();
        await killed.CancelAsync();
        await sending;

        // Ana goes on at the other node, and repeats what had no answer.
        var anaAgain = new Person(urls[1], ana.Id, ana.Token, isPatient: true);
        (await anaAgain.Post($"/api/groups/{group}/messages", new { content = "I am back", client_message_id = "back" }))
            .Expect(201);
        var head = (long)(await anaAgain.Get($"/api/groups/{group}/messages?limit=1")).Expect(200)["head_seq"]!;
        var stored = new List<JsonNode>();
        while (stored.Count < head)
            stored.AddRange(
                (await rui.Get($"/api/groups/{group}/messages?limit=100&after={stored.Count}")).Expect(200)["data"]!.AsArray()
                    .Select(m => m!.DeepClone()));
        Assert.Equal(Enumerable.Range(1, (int)head).Select(seq => (long)seq), stored.Select(m => (long)m["seq"]!));
        var bySent = stored.ToDictionary(m => (string)m["client_message_id"]!, m => (long)m["seq"]!);
        Assert.All(acknowledged, sent => Assert.Equal(sent.Value, bySent[sent.Key]));

        // Rui, at the node that lived, was pushed all of it, in order.
        await ruis.Await("MessageReceived", 1, m => (long)m["seq"]! == head);
        Assert.Equal(
            Enumerable.Range(1, (int)head).Select(seq => (long)seq), ruis.Of("MessageReceived").Select(m => (long)m["seq"]!));

        // All of it reaches Kafka, in order: the other node relays now.
        var texts = new List<long>();
        await KafkaProbe.ReadUntil(kafka!.Url, "messaging_chat_events", read =>
        {
            texts = [.. read.Where(r => (string?)r["key"] == $"{group}").Select(r => (long)r["value"]!["payload"]!["seq"]!)
                .Distinct()];
            return texts.Count >= head;
        });
        Assert.Equal(Enumerable.Range(1, (int)head).Select(seq => (long)seq), texts);
        // And what is new is relayed within 10 s of the kill, its ghosts are gone within 45 s.
        await Until.True(
            async () => (await rui.Get($"/api/groups/{group}/presence")).Expect(200)["online"]!.AsArray().Count == 1,
            "only Rui online", TimeSpan.FromSeconds(60));

        async Task Send(Person who, string name, CancellationToken stop, int until = int.MaxValue)
        {
            for (var i = 0; i < until && !stop.IsCancellationRequested; i++)
            {
                try
                {
                    var sent = await who.Post(
                        $"/api/groups/{group}/messages", new { content = $"{name}{i}", client_message_id = $"{name}{i}" });
                    if (sent.Status == 201)
                        acknowledged[$"{name}{i}"] = (long)sent.Body!["seq"]!;
                }
                catch (Exception cut) when (cut is HttpRequestException or IOException)
                {
                    // The node is being killed; whether this one was stored is not known.
                    return;
                }
            }
        }
    }

    [SkippableFact]
    public async Task Without_Redis_each_node_serves_its_own_and_what_was_missed_comes_when_it_is_back()
    {
        await StartNodes(2);
        var (ana, rui) = (await HostProcess.Person(urls[0], "Ana"), await HostProcess.Person(urls[1], "Rui"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        await using var anas = await ana.Connect();
        await using var ruis = await rui.Connect();
        await anas.Join(group);
        await ruis.Join(group);
        await anas.SendText(group, "1");
        await ruis.Await("MessageReceived");

        await redis!.Kill();
        await Until.True(
            async () => (string?)(await ana.Get($"/api/groups/{group}/presence")).Expect(200)["state"] == "unknown",
            "presence is unknown");
        await anas.SendText(group, "2");
        await anas.SendText(group, "3");
        await anas.Await("MessageReceived", 3);
        // From the store, within a beat.
        await ruis.Await("MessageReceived", 3);

        await redis.Start();
        await Until.True(
            async () => (await rui.Get($"/api/groups/{group}/presence")).Expect(200)["online"]!.AsArray().Count == 2,
            "presence is known again");
        await anas.SendText(group, "4");
        var got = await ruis.Await("MessageReceived", 4);
        Assert.Equal([1L, 2L, 3L, 4L], got.Select(m => (long)m["seq"]!));
    }

    [SkippableFact]
    public async Task What_is_on_a_screen_at_one_node_is_not_told_by_the_other_until_the_node_is_killed()
    {
        await StartNodes(2);
        // The first handles what is sent: it was alone for a while, and has the leases.
        var (ana, eva, rui) =
            (await HostProcess.Person(urls[0], "Ana"), await HostProcess.Person(urls[0], "Eva"),
                await HostProcess.Person(urls[1], "Rui"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, eva);
        await ana.Invite(group, rui);
        await using var ruis = await rui.Connect();
        await Say();
        // Told by the one node, counted and pushed at the other.
        await ruis.Await("NotificationReceived", 1, n => (string?)n["type"] == "mention");
        await ruis.Await("UnreadChanged", 1, push => (int)push["unread"]! == 1);

        await ruis.Call("Focus", group);
        await Until.True(async () => !await IsTold(), "what Rui looks at is not told");
        await ruis.Call("Focus", [null]);
        await Until.True(IsTold, "what Rui does not look at is told");
        await ruis.Call("Focus", group);
        await Until.True(async () => !await IsTold(), "it is not told again");
        await nodes[1].Kill();
        await Until.True(IsTold, "a killed node's screens are forgotten", TimeSpan.FromSeconds(75));

        // Whether Rui is told of the next mention; Eva, who is in the same one, always is.
        async Task<bool> IsTold()
        {
            var (before, evas) = (await Count(rui), await Count(eva));
            await Say();
            await Until.True(async () => await Count(eva) > evas, "Eva is told");
            return await Count(rui) > before;
        }

        async Task Say() =>
            (await ana.Post(
                $"/api/groups/{group}/messages",
                new { content = "You two", mentions = new[] { rui.Id, eva.Id }, client_message_id = $"{Guid.NewGuid()}" }))
                    .Expect(201);

        async Task<int> Count(Person who) =>
            (int)(await new Person(urls[0], who.Id, who.Token, isPatient: true).Get("/api/notifications/unread_count"))
                .Expect(200)["unread"]!;
    }

    [SkippableFact]
    public async Task What_one_node_promised_the_other_knows_at_once()
    {
        await StartNodes(2);
        var (ana, rui, eva) =
            (await HostProcess.Person(urls[0], "Ana"), await HostProcess.Person(urls[0], "Rui"),
                await HostProcess.Person(urls[0], "Eva"));
        var (anaThere, ruiThere, evaThere) = (There(ana), There(rui), There(eva));
        for (var round = 0; round < 10; round++)
        {
            var group = (await ana.Post("/api/groups", new { name = $"{round}", description = "d", is_public = true }))
                .Expect(201)["id"]!.GetValue<Guid>();
            // From here on the other node has the group in memory, as it is without them.
            await anaThere.SendText(group, "Anybody?");
            Assert.Equal("forbidden", (await ruiThere.Get($"/api/groups/{group}/messages")).Code);
            (await rui.Post($"/api/groups/{group}/join")).Expect(201);
            await ruiThere.SendText(group, "Me");
            (await eva.Post($"/api/groups/{group}/join")).Expect(201);
            (await anaThere.Post(
                $"/api/groups/{group}/messages",
                new { content = "Eva!", mentions = new[] { eva.Id }, client_message_id = $"{Guid.NewGuid()}" })).Expect(201);
            var evas = await evaThere.SendText(group, "Here");
            Assert.Equal(
                4, (long)(await eva.Get("/api/messages/unread")).Expect(200)["data"]!.AsArray()
                    .Single(row => row!["group_id"]!.GetValue<Guid>() == group)!["last_read_seq"]!);
            (await ana.Patch($"/api/groups/{group}/members/{rui.Id}", new { role = "moderator" })).Expect(200);
            (await ruiThere.Delete($"/api/groups/{group}/messages/{evas["id"]}")).Expect(204);
        }

        Person There(Person who) => new(urls[1], who.Id, who.Token, isPatient: true);
    }

    private static async Task SendMany(Socket socket, Guid group, string name)
    {
        for (var i = 0; i < 60; i++)
            await socket.SendText(group, $"{name}{i}");
    }

    private async Task StartNodes(int count)
    {
        if (skipped is not null)
            throw skipped;
        for (var i = 0; i < count; i++)
        {
            var url = new Uri($"http://127.0.0.1:{HostProcess.FreePort()}");
            var folder = Scratch.Folder();
            var node = HostProcess.Start(
                [], [.. settings, ("BEAT_MESSASSING_SERVER", url.ToString().TrimEnd('/')), ("BEAT_DATA", folder),
                    ("Limits__SendsPerSecond", "100000"), ("Limits__SendBurst", "100000")]);
            nodes.Add(node);
            urls.Add(url);
            folders.Add(folder);
            await node.Ready(url);
        }
    }
}
