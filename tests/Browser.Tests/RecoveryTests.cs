using static Microsoft.Playwright.Assertions;

namespace Beat.Messaging.Browser.Tests;

/// <summary>
/// Whatever happens to the connection: nothing is lost, doubled or out of order, and the window says how things are.
/// </summary>
public sealed class RecoveryTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private static readonly LocatorAssertionsToBeVisibleOptions Patiently = new() { Timeout = 60_000 };

    private readonly Uri url = new($"http://127.0.0.1:{HostProcess.FreePort()}");
    private readonly int kafka = HostProcess.FreePort();
    private readonly string folder = Scratch.Folder();
    private HostProcess? host;

    public Task InitializeAsync() => StartHost();

    public async Task DisposeAsync()
    {
        await host!.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [SkippableFact]
    public async Task Two_windows_chat_through_a_kill_and_a_restart()
    {
        await using var ana = await chromium.Person(url, "Ana");
        await ana.CreateGroup("Through thick and thin", isPublic: true);
        await using var rui = await chromium.Person(url, "Rui");
        await rui.Join("Through thick and thin");
        var said = new List<string>();
        for (var i = 0; i < 10; i++)
            await Say(i);
        await ana.Sees(said[^1]);
        await rui.Sees(said[^1]);

        // Some are on their way when the server goes; others are written while it is away.
        await ana.Send("on its way");
        await rui.Send("on its way, too");
        await host!.Kill();
        await Expect(ana.Page.GetByText("You are offline.")).ToBeVisibleAsync(Patiently);
        await Expect(rui.Page.GetByText("You are offline.")).ToBeVisibleAsync(Patiently);
        await ana.Send("while it is away");
        await rui.Send("while it is away, too");
        await Expect(ana.Log.Locator(".pending").Filter(new() { HasText = "while it is away" }))
            .ToContainTextAsync("Waiting for the connection");

        await StartHost();
        await Expect(ana.Page.GetByText("You are offline.")).ToBeHiddenAsync(new() { Timeout = 60_000 });
        await Expect(rui.Page.GetByText("You are offline.")).ToBeHiddenAsync(new() { Timeout = 60_000 });
        said.AddRange(["on its way", "on its way, too", "while it is away", "while it is away, too"]);
        for (var i = 10; i < 15; i++)
            await Say(i);
        foreach (var words in said)
        {
            await ana.Sees(words);
            await rui.Sees(words);
        }
        await Expect(ana.Log.Locator(".pending")).ToHaveCountAsync(0);
        var words1 = await ana.Words();
        Assert.Equal(said.Order(), words1.Order());
        Assert.Equal(words1, await rui.Words());
        foreach (var one in new[] { "Ana", "Rui" })
            Assert.Equal(
                said.Where(words => words.StartsWith(one, StringComparison.Ordinal)),
                words1.Where(words => words.StartsWith(one, StringComparison.Ordinal)));
        Assert.Empty(ana.Faults.Concat(rui.Faults));

        async Task Say(int i)
        {
            await ana.Send($"Ana {i}");
            await rui.Send($"Rui {i}");
            said.AddRange([$"Ana {i}", $"Rui {i}"]);
        }
    }

    [SkippableFact]
    public async Task What_was_written_while_offline_outlives_the_window_being_loaded_again()
    {
        await using var ana = await chromium.Person(url, "Ana");
        await ana.CreateGroup("Patience");
        await ana.Send("Before");
        await ana.Sees("Before");
        await ana.Page.EvaluateAsync("() => { WebSocket.prototype.send = () => {}; }");
        await ana.Send("Never answered");
        await Expect(ana.Log.Locator(".pending")).ToHaveCountAsync(1);
        await ana.Page.ReloadAsync();
        await ana.Sees("Never answered");
        Assert.Equal(["Before", "Never answered"], await ana.Words());
    }

    [SkippableFact]
    public async Task A_window_that_slept_notices_that_its_connection_died()
    {
        await using var ana = await chromium.Open(url);
        await ana.Page.Clock.InstallAsync();
        await ana.Reload();
        await ana.SignIn("Ana");
        await ana.CreateGroup("Asleep", isPublic: true);
        await using var rui = await chromium.Person(url, "Rui");
        await rui.Join("Asleep");
        // The socket says nothing any more, not even that it is closed.
        await ana.Page.EvaluateAsync(
            """
            () => {
              window.sockets = 0;
              const Real = window.WebSocket;
              window.WebSocket = class extends Real { constructor(...a) { super(...a); window.sockets++; } };
            }
            """);
        await host!.Freeze();
        await ana.Page.Clock.FastForwardAsync("01:00");
        await Expect(ana.Page.GetByText("You are offline.")).ToBeVisibleAsync();
        await host.Thaw();
        await ana.Page.Clock.FastForwardAsync("00:40");
        await Expect(ana.Page.GetByText("You are offline.")).ToBeHiddenAsync(new() { Timeout = 60_000 });
        await rui.Send("Good morning");
        await ana.Sees("Good morning");
        Assert.True(await ana.Page.EvaluateAsync<int>("() => window.sockets") >= 1);
    }

    [SkippableFact]
    public async Task Who_chose_a_name_stays_in_when_the_token_ends_and_who_brought_a_token_is_told()
    {
        await using var ana = await chromium.Person(url, "Ana");
        await ana.CreateGroup("A long day");
        await ana.Page.EvaluateAsync(
            "() => { const s = JSON.parse(sessionStorage['beat.session']); s.token = 'ended'; sessionStorage['beat.session'] = JSON.stringify(s); }");
        await ana.Page.ReloadAsync();
        await ana.Send("Still here");
        await ana.Sees("Still here");

        var rui = await HostProcess.Person(url, "Rui");
        await using var other = await chromium.Open(url);
        await other.Page.GetByText("Use an access token").ClickAsync();
        await other.Page.GetByLabel("Access token").FillAsync("not a token");
        await other.Button("Enter").ClickAsync();
        await Expect(other.Page.GetByText("This is not an access token.")).ToBeVisibleAsync();
        await other.Page.GetByLabel("Access token").FillAsync(rui.Token);
        await other.Button("Enter").ClickAsync();
        await Expect(other.Page.GetByRole(AriaRole.Navigation).GetByText("Rui", new() { Exact = true })).ToBeVisibleAsync();
        await other.Page.EvaluateAsync(
            "() => { const s = JSON.parse(sessionStorage['beat.session']); s.token = 'ended'; sessionStorage['beat.session'] = JSON.stringify(s); }");
        await other.Page.ReloadAsync();
        await Expect(other.Page.GetByText("Your access token has expired.")).ToBeVisibleAsync();
    }

    private async Task StartHost()
    {
        host = HostProcess.Start(
            [], ("BEAT_MESSASSING_SERVER", url.ToString().TrimEnd('/')), ("BEAT_DATA", folder), ("KAFKA_PORT", $"{kafka}"));
        await host.Ready(url);
    }
}
