using static Microsoft.Playwright.Assertions;

namespace Beat.Messaging.Browser.Tests;

/// <summary>What is unread, in every window of a person.</summary>
[Collection(TheConsole.Name)]
public sealed class ReadStateTests(Console console)
{
    [SkippableFact]
    public async Task The_windows_of_one_person_agree_on_what_is_unread_and_a_new_one_knows_it()
    {
        var ana = await console.Service.Person("Ana");
        var rui = await console.Service.Person("Rui");
        var group = await ana.CreateGroup("Two desks", isPublic: true);
        (await rui.Post($"/api/groups/{group}/join")).Expect(201);
        await using var desk = await console.Chromium.Open(console.Service.Url);
        await desk.Enter(ana.Token);
        await using var couch = await console.Chromium.Open(console.Service.Url);
        await couch.Enter(ana.Token);
        await Expect(couch.Group("Two desks")).ToBeVisibleAsync();
        await rui.SendText(group, "One");
        await rui.Post($"/api/groups/{group}/messages", new { content = "Two @Ana", mentions = new[] { ana.Id } });
        foreach (var window in new[] { desk, couch })
        {
            await Expect(window.Unread("Two desks")).ToHaveTextAsync("2");
            await Expect(window.Group("Two desks").GetByLabel("1 mention")).ToHaveTextAsync("@");
            await Expect(window.Group("Two desks")).ToContainTextAsync("Rui: Two @Ana");
        }

        // A third window has heard nothing of it, and is told.
        await using var phone = await console.Chromium.Open(console.Service.Url);
        await phone.Enter(ana.Token);
        await Expect(phone.Unread("Two desks")).ToHaveTextAsync("2");

        await desk.Group("Two desks").ClickAsync();
        await Expect(desk.Log.GetByText("New", new() { Exact = true })).ToBeVisibleAsync();
        foreach (var window in new[] { desk, couch, phone })
        {
            await Expect(window.Unread("Two desks")).ToHaveCountAsync(0);
            await Expect(window.Group("Two desks").GetByLabel("1 mention")).ToHaveCountAsync(0);
            await Expect(window.Page).ToHaveTitleAsync("Beat Messaging");
        }
        Assert.Empty(desk.Faults.Concat(couch.Faults).Concat(phone.Faults));
    }

    [SkippableFact]
    public async Task Only_what_is_in_view_of_a_visible_window_is_read()
    {
        var rui = await console.Service.Person("Rui");
        var group = await rui.CreateGroup("Patience, please", isPublic: true);
        for (var i = 1; i <= 40; i++)
            await rui.SendText(group, $"Line {i}");
        await using var ana = await console.Person("Ana");
        await ana.Join("Patience, please");
        await ana.Sees("Line 40");
        await Expect(ana.Unread("Patience, please")).ToHaveCountAsync(0);

        // Nobody is there.
        await ana.BeVisible(false);
        await rui.SendText(group, "While away");
        await Expect(ana.Unread("Patience, please")).ToHaveTextAsync("1");
        await Expect(ana.Page).ToHaveTitleAsync("(1) Beat Messaging");
        await ana.BeVisible(true);
        await Expect(ana.Unread("Patience, please")).ToHaveCountAsync(0);
        await Expect(ana.Log.GetByText("New", new() { Exact = true })).ToBeVisibleAsync();

        // Somebody reads further up.
        await ana.Log.EvaluateAsync("log => { log.scrollTop = 0; }");
        await Expect(ana.Button("To the newest ↓")).ToBeVisibleAsync();
        await rui.SendText(group, "Below the fold");
        await Expect(ana.Button("1 new ↓")).ToBeVisibleAsync();
        await Expect(ana.Unread("Patience, please")).ToHaveTextAsync("1");
        await ana.Button("1 new ↓").ClickAsync();
        await Expect(ana.Unread("Patience, please")).ToHaveCountAsync(0);
        Assert.Empty(ana.Faults);
    }
}
