using System.Text.Json;
using static Microsoft.Playwright.Assertions;

namespace Beat.Messaging.Browser.Tests;

/// <summary>What one is told, what not, and what one takes along.</summary>
[Collection(TheConsole.Name)]
public sealed class NotificationTests(Console console)
{
    [SkippableFact]
    public async Task A_mention_is_notified_and_leads_to_the_message_and_what_is_on_the_screen_is_not()
    {
        var rui = await console.Service.Person("Rui");
        var group = await rui.CreateGroup("Calling", isPublic: true);
        await using var ana = await console.Person("Ana");
        await ana.Join("Calling");
        var me = await ana.ProfileId();
        await ana.Says("Here I am");
        // Before her eyes: nothing to sender.
        await Mention("Before her eyes");
        await ana.Sees("Before her eyes");
        await ana.CreateGroup("Somewhere else");
        await ana.Says("And now here");
        await Mention("Where are you?");
        for (var i = 1; i <= 80; i++)
            await rui.SendText(group, $"Line {i}");
        await ana.Button("Notifications, 1 unread").ClickAsync();
        var told = ana.Dialog.GetByRole(AriaRole.Listitem);
        await Expect(told).ToHaveCountAsync(1);
        await told.GetByRole(AriaRole.Button).Filter(new() { HasText = "Rui mentioned you in Calling" }).ClickAsync();
        await ana.IsOpen("Calling");
        await Expect(ana.Message("Where are you?")).ToBeInViewportAsync();
        await Expect(ana.Button("Notifications")).ToBeVisibleAsync();
        Assert.Empty(ana.Faults);

        async Task Mention(string words) =>
            (await rui.Post($"/api/groups/{group}/messages", new { content = words, mentions = new[] { me } })).Expect(201);
    }

    [SkippableFact]
    public async Task What_is_not_so_any_more_goes_from_the_list_that_is_open()
    {
        var rui = await console.Service.Person("Rui");
        var group = await rui.CreateGroup("Regrets", isPublic: true);
        await using var ana = await console.Person("Ana");
        await ana.Join("Regrets");
        var me = await ana.ProfileId();
        await ana.CreateGroup("Out of sight");
        await ana.Says("Here");
        var sent = new List<Guid>();
        for (var i = 0; i < 2; i++)
            sent.Add((await rui.Post($"/api/groups/{group}/messages", new { content = $"Ana {i}?", mentions = new[] { me } }))
                .Expect(201)["id"]!.GetValue<Guid>());
        await ana.Button("Notifications, 2 unread").ClickAsync();
        var told = ana.Dialog.GetByRole(AriaRole.Listitem);
        await Expect(told).ToHaveCountAsync(2);
        (await rui.Delete($"/api/groups/{group}/messages/{sent[0]}")).Expect(204);
        await Expect(told).ToHaveCountAsync(1);
        (await rui.Patch($"/api/groups/{group}/messages/{sent[1]}", new { content = "Nobody", mentions = Array.Empty<Guid>() }))
            .Expect(200);
        await Expect(told).ToHaveCountAsync(0);
        await Expect(ana.Dialog.GetByText("Nothing yet.")).ToBeVisibleAsync();
        Assert.Empty(ana.Faults);
    }

    [SkippableFact]
    public async Task Preferences_decide_what_is_notified_and_last()
    {
        var rui = await console.Service.Person("Rui");
        var group = await rui.CreateGroup("Loud", isPublic: true);
        await using var ana = await console.Person("Ana");
        await ana.Join("Loud");
        await ana.OpenAbout();
        await ana.About.GetByText("Notifies me about mentions").ClickAsync();
        await Expect(ana.About.GetByLabel("Notify me about")).ToHaveValueAsync("mentions");
        await ana.About.GetByLabel("Notify me about").SelectOptionAsync("all");
        await Expect(ana.About.GetByLabel("Notify me about")).ToBeEnabledAsync();
        await ana.CreateGroup("Quiet");
        await ana.Says("Nobody here");
        await rui.SendText(group, "Everything");
        await Expect(ana.Button("Notifications, 1 unread")).ToBeVisibleAsync();

        await ana.Group("Loud").ClickAsync();
        await ana.IsOpen("Loud");
        await ana.OpenAbout();
        await Expect(ana.About.GetByLabel("Notify me about")).ToHaveValueAsync("all");
        await ana.About.GetByLabel("Mute").SelectOptionAsync("for 8 hours");
        await Expect(ana.About.GetByText("Muted until")).ToBeVisibleAsync();
        await ana.Group("Quiet").ClickAsync();
        await ana.IsOpen("Quiet");
        await rui.SendText(group, "Unheard");
        // It counts as unread there, and calls for nobody.
        await Expect(ana.Unread("Loud")).ToHaveTextAsync("1");
        await Expect(ana.Page).ToHaveTitleAsync("Beat Messaging");
        await ana.Page.ReloadAsync();
        await ana.Group("Loud").ClickAsync();
        await ana.OpenAbout();
        await ana.About.GetByText("Muted until").ClickAsync();
        await ana.About.GetByLabel("Mute").SelectOptionAsync("off");
        await Expect(ana.About.GetByLabel("Mute").Locator("option").First).ToHaveTextAsync("no");
        await ana.About.GetByLabel("Notify me about").SelectOptionAsync("none");
        await Expect(ana.About.GetByLabel("Notify me about")).ToBeEnabledAsync();
        Assert.Empty(ana.Faults);
    }

    [SkippableFact]
    public async Task My_data_is_downloaded_and_no_token_is_in_an_address()
    {
        await using var ana = await console.Person("Ana");
        await ana.CreateGroup("For the record");
        await ana.Send("Keep this");
        await ana.Sees("Keep this");
        var addresses = new List<string>();
        ana.Page.Request += (_, request) => addresses.Add(request.Url);
        await ana.Page.GetByTitle("You and your data").ClickAsync();
        var download = await ana.Page.RunAndWaitForDownloadAsync(() => ana.Button("Download my data").ClickAsync());
        Assert.Equal("beat-messaging.ndjson", download.SuggestedFilename);
        var lines = await File.ReadAllLinesAsync(await download.PathAsync());
        Assert.All(lines, line => JsonDocument.Parse(line).Dispose());
        Assert.Contains(lines, line => line.Contains("Keep this", StringComparison.Ordinal));
        Assert.Contains(addresses, address => address.EndsWith("/api/users/me/export", StringComparison.Ordinal));
        Assert.DoesNotContain(addresses, address => address.Contains("access_token", StringComparison.Ordinal));
        Assert.Empty(ana.Faults);
    }
}

/// <summary>Somebody who writes faster than they may.</summary>
public sealed class RateLimitTests(Chromium chromium) : IClassFixture<Chromium>
{
    [SkippableFact]
    public async Task Who_is_too_fast_is_told_for_how_long_and_all_of_it_is_sent_in_order()
    {
        await using var service = await Service.Start(null, "Limits:SendsPerSecond=1", "Limits:SendBurst=2");
        await using var ana = await chromium.Person(service.Url, "Ana");
        await ana.CreateGroup("Hasty");
        string[] said = ["One", "Two", "Three", "Four"];
        await ana.SendAtOnce(said);
        await Expect(ana.Log.Locator(".pending").Filter(new() { HasText = "Four" }))
            .ToContainTextAsync("That was too fast: it is sent in");
        foreach (var words in said)
            await ana.Sees(words);
        await Expect(ana.Log.Locator(".pending")).ToHaveCountAsync(0);
        Assert.Equal(said, await ana.Words());
        Assert.Empty(ana.Faults);
    }
}
