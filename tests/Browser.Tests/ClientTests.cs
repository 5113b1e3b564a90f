using System.Text.Json;
using System.Text.Json.Nodes;

namespace Beat.Messaging.Browser.Tests;

/// <summary>
/// The client without dependencies, alone in a page, against the real hub: its history is what the service has.
/// </summary>
public sealed class ClientTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private readonly Uri url = new($"http://127.0.0.1:{HostProcess.FreePort()}");
    private readonly string folder = Scratch.Folder();
    private (string Name, string Value)[] settings = [];
    private HostProcess? host;

    public async Task InitializeAsync()
    {
        settings =
        [
            ("BEAT_MESSASSING_SERVER", url.ToString().TrimEnd('/')), ("BEAT_DATA", folder),
            ("KAFKA_PORT", $"{HostProcess.FreePort()}"), ("Limits__SendsPerSecond", "100000"), ("Limits__SendBurst", "100000"),
        ];
        host = HostProcess.Start([], settings);
        await host.Ready(url);
    }

    public async Task DisposeAsync()
    {
        await host!.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [SkippableFact]
    public async Task It_joins_hears_answers_and_passes_problems_on()
    {
        var (ana, group) = await Group(60);
        await using var window = await Start(ana);
        Assert.Equal(
            Enumerable.Range(11, 50), await window.Page.EvaluateAsync<int[]>(
                "async (id) => [...(await client.join(id)).messages.keys()].sort((a, b) => a - b)", group));
        Assert.Equal(60, await Js<int>(window, "client.history(id).head", group));
        Assert.True(await Js<bool>(window, "client.history(id).online.size === 1", group));

        await ana.SendText(group, "by REST");
        await Holds(window, ana, group, from: 11);
        var sent = await Js<JsonElement>(
            window, "client.invoke('SendTextMessage', id, { content: 'by the hub', client_message_id: 'c' })", group);
        var again = await Js<JsonElement>(
            window, "client.invoke('SendTextMessage', id, { content: 'by the hub', client_message_id: 'c' })", group);
        Assert.Equal(62, sent.GetProperty("seq").GetInt32());
        Assert.Equal(
            (sent.GetProperty("id").GetString(), true),
            (again.GetProperty("id").GetString(), again.GetProperty("replayed").GetBoolean()));
        Assert.Equal(
            "message_too_long",
            await Js<string>(
                window, "client.invoke('SendTextMessage', id, { content: 'x'.repeat(4001) }).catch((problem) => problem.code)",
                group));
        Assert.Equal(
            "group_not_found",
            await Js<string>(window, "client.join(crypto.randomUUID()).catch((problem) => problem.code)", group));

        // A page of before, and a change of it.
        await window.Page.EvaluateAsync(
            "async (id) => { const page = await fetch(`/api/groups/${id}/messages?before=11&limit=10`, { headers: { Authorization: `Bearer ${token}` } }); client.merge(id, (await page.json()).data); }", group);
        var second = (await ana.Get($"/api/groups/{group}/messages?after=1&limit=1")).Expect(200)["data"]![0]!["id"];
        (await ana.Patch($"/api/groups/{group}/messages/{second}", new { content = "changed" })).Expect(200);
        await Holds(window, ana, group, from: 1);
    }

    [SkippableFact]
    public async Task After_a_long_absence_it_has_all_that_was_sent_and_changed()
    {
        var (ana, group) = await Group(20);
        await using var window = await Start(ana);
        await window.Page.EvaluateAsync("(id) => client.join(id)", group);
        await window.Page.EvaluateAsync("() => client.stop()");
        for (var i = 0; i < 1100; i++)
            await ana.SendText(group, $"missed {i}");
        foreach (var seq in new[] { 3, 7, 600 })
        {
            var message = (await ana.Get($"/api/groups/{group}/messages?after={seq - 1}&limit=1")).Expect(200)["data"]![0]!["id"];
            (await ana.Patch($"/api/groups/{group}/messages/{message}", new { content = "changed" })).Expect(200);
        }
        var gone = (await ana.Get($"/api/groups/{group}/messages?after=9&limit=1")).Expect(200)["data"]![0]!["id"];
        (await ana.Delete($"/api/groups/{group}/messages/{gone}")).Expect(204);
        await window.Page.EvaluateAsync("() => client.start()");
        await Holds(window, ana, group, from: 1);
    }

    [SkippableFact]
    public async Task Pushes_that_are_lost_are_noticed_and_read()
    {
        var (ana, group) = await Group(5);
        var lost = 0;
        var isLosing = false;
        await using var window = await Start(ana, page => page.RouteWebSocketAsync("**/hubs/messaging*", socket =>
        {
            var server = socket.ConnectToServer();
            server.OnMessage(frame =>
            {
                if (Volatile.Read(ref isLosing) && frame.Text is { } text && text.Contains("\"Message", StringComparison.Ordinal))
                    Interlocked.Increment(ref lost);
                else
                    socket.Send(frame.Text!);
            });
        }));
        await window.Page.EvaluateAsync("(id) => client.join(id)", group);
        Volatile.Write(ref isLosing, true);
        for (var i = 0; i < 5; i++)
            await ana.SendText(group, $"lost {i}");
        var third = (await ana.Get($"/api/groups/{group}/messages?after=2&limit=1")).Expect(200)["data"]![0]!["id"];
        (await ana.Patch($"/api/groups/{group}/messages/{third}", new { content = "its change is lost, too" })).Expect(200);
        await Until.True(() => Volatile.Read(ref lost) > 0, "a lost push");
        // Nothing more is said in the group: what the service tells now and then shows it.
        await Holds(window, ana, group, from: 1);
    }

    [SkippableFact]
    public async Task A_gap_is_filled_in_order()
    {
        var (ana, group) = await Group(1);
        var toLose = 3;
        await using var window = await Start(ana, page => page.RouteWebSocketAsync("**/hubs/messaging*", socket =>
        {
            var server = socket.ConnectToServer();
            server.OnMessage(frame =>
            {
                if (frame.Text!.Contains("\"MessageReceived\"", StringComparison.Ordinal)
                    && Interlocked.Decrement(ref toLose) >= 0)
                    return;
                socket.Send(frame.Text!);
            });
        }));
        await window.Page.EvaluateAsync("(id) => client.join(id)", group);
        for (var i = 0; i < 6; i++)
            await ana.SendText(group, $"{i}");
        await Holds(window, ana, group, from: 1);
    }

    [SkippableFact]
    public async Task A_restored_backup_makes_it_begin_anew()
    {
        var (ana, group) = await Group(10);
        await using var window = await Start(ana);
        await window.Page.EvaluateAsync("(id) => client.join(id)", group);
        var epoch = await Js<string>(window, "client.history(id).epoch", group);
        // A message that the store will not have.
        await window.Page.EvaluateAsync(
            "(id) => client.merge(id, [{ ...client.history(id).messages.get(10), seq: 11, id: 'lost' }])", group);
        await host!.Terminate();
        await using (var renewal = HostProcess.Start(["epoch", "renew"], settings))
            await renewal.WaitForExit();
        host = HostProcess.Start([], settings);
        await host.Ready(url);
        await Until.True(
            async () => await Js<string>(window, "client.history(id).epoch", group) is { } now && now != epoch, "the new epoch",
            TimeSpan.FromSeconds(60));
        await Holds(window, ana, group, from: 1);
    }

    [SkippableFact]
    public async Task It_tells_that_it_is_offline_tries_again_ever_more_slowly_and_comes_back()
    {
        var (ana, group) = await Group(1);
        await using var window = await Start(ana);
        await window.Page.EvaluateAsync(
            """
            async (id) => {
              window.states = [];
              client.addEventListener('state', ({ detail }) => states.push(detail));
              await client.join(id);
            }
            """, group);
        await host!.Freeze();
        await window.Page.EvaluateAsync(
            "(id) => { window.cut = client.invoke('SendTextMessage', id, { content: 'cut', client_message_id: 'cut' }).catch((problem) => problem.code); }", group);
        await host.Kill();
        await Until.True(
            async () => await Js<int>(window, "states.length", group) >= 4, "four attempts", TimeSpan.FromSeconds(60));
        Assert.Equal("connection_lost", await Js<string>(window, "cut", group));
        Assert.Equal(
            "connection_lost", await Js<string>(window, "client.invoke('Typing', id).catch((problem) => problem.code)", group));
        var waits = await Js<double[]>(window, "states.map((state) => state.retryIn)", group);
        for (var attempt = 0; attempt < 4; attempt++)
            Assert.InRange(waits[attempt], 250 * Math.Pow(2, attempt), 500 * Math.Pow(2, attempt));
        host = HostProcess.Start([], settings);
        await host.Ready(url);
        await Until.True(() => Js<bool>(window, "client.online", group), "the connection", TimeSpan.FromSeconds(60));
        var sent = await Js<JsonElement>(
            window, "client.invoke('SendTextMessage', id, { content: 'cut', client_message_id: 'cut' })", group);
        Assert.Equal(2, sent.GetProperty("seq").GetInt32());
        await Holds(window, ana, group, from: 1);
    }

    private async Task<(Person Person, Guid Group)> Group(int messages)
    {
        var ana = await HostProcess.Person(url, "Ana");
        var group = await ana.CreateGroup();
        for (var i = 1; i <= messages; i++)
            await ana.SendText(group, $"{i}");
        return (ana, group);
    }

    /// <summary>A page with nothing but the client, connected.</summary>
    private async Task<Window> Start(Person person, Func<IPage, Task>? prepare = null)
    {
        var window = await chromium.Open(new Uri(url, "/favicon.svg"));
        if (prepare is not null)
            await prepare(window.Page);
        await window.Page.EvaluateAsync(
            """
            async (token) => {
              window.token = token;
              const { MessagingClient } = await import('/console/messaging-client.js');
              window.client = new MessagingClient({ url: '/hubs/messaging', token: () => token });
              client.start();
              await new Promise((resolve) => client.addEventListener('state', ({ detail }) => detail.online && resolve()));
            }
            """, person.Token);
        return window;
    }

    private static Task<T> Js<T>(Window window, string expression, Guid group) =>
        window.Page.EvaluateAsync<T>($"async (id) => await ({expression})", group);

    /// <summary>From one place on, what it holds is what the service has: every message, in its newest state.</summary>
    private static async Task Holds(Window window, Person person, Guid group, int from)
    {
        var stored = new List<string>();
        while (true)
        {
            var page = (await person.Get($"/api/groups/{group}/messages?limit=100&after={from - 1 + stored.Count}"))
                .Expect(200)["data"]!.AsArray();
            if (page.Count == 0)
                break;
            stored.AddRange(page.Select(message => Line(message!)));
        }
        await Until.True(
            async () => (await Js<string[]>(
                window,
                "[...client.history(id).messages.values()].sort((a, b) => a.seq - b.seq).map((m) => `${m.seq} ${m.id} ${m.revision} ${m.payload.content ?? ''}`)", group)).SequenceEqual(stored),
            "the same history", TimeSpan.FromSeconds(40));

        static string Line(JsonNode message) =>
            $"{message["seq"]} {message["id"]} {message["revision"]} {message["payload"]!["content"]}";
    }
}
