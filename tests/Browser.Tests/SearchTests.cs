using static Microsoft.Playwright.Assertions;

namespace Beat.Messaging.Browser.Tests;

/// <summary>What was said long ago.</summary>
[Collection(TheConsole.Name)]
public sealed class SearchTests(Console console)
{
    [SkippableFact]
    public async Task A_search_finds_newest_first_page_by_page_jumps_there_and_leads_back_to_the_end()
    {
        var rui = await console.Service.Person("Rui");
        var group = await rui.CreateGroup("Long memory", isPublic: true);
        await rui.SendText(group, "Édith has the red coat");
        for (var i = 1; i <= 25; i++)
            await rui.SendText(group, $"Coat number {i}");
        for (var i = 1; i <= 150; i++)
            await rui.SendText(group, $"Line {i}");
        await using var ana = await console.Person("Ana");
        await ana.Join("Long memory");
        await ana.Sees("Line 150");

        await ana.Button("Search").ClickAsync();
        await ana.Dialog.GetByRole(AriaRole.Searchbox).FillAsync("coa");
        var found = ana.Dialog.GetByRole(AriaRole.Listitem);
        await Expect(found).ToHaveCountAsync(20);
        await Expect(found.First).ToContainTextAsync("Coat number 25");
        await ana.Button("Show more").ClickAsync();
        await Expect(found).ToHaveCountAsync(26);
        await Expect(found.Last).ToContainTextAsync("Édith has the red coat");
        await Expect(ana.Button("Show more")).ToBeHiddenAsync();
        await ana.Dialog.GetByRole(AriaRole.Searchbox).FillAsync("edith red");
        await Expect(found).ToHaveCountAsync(1);
        await Expect(found.Locator("mark")).ToHaveTextAsync(["Édith", "red"]);
        await ana.Dialog.GetByRole(AriaRole.Searchbox).FillAsync("umbrella");
        await Expect(ana.Dialog.GetByText("Nothing here says “umbrella”.")).ToBeVisibleAsync();
        await ana.Dialog.GetByRole(AriaRole.Searchbox).FillAsync("edith");
        await found.GetByRole(AriaRole.Button).ClickAsync();

        await Expect(ana.Dialog).ToHaveCountAsync(0);
        await Expect(ana.Message("Édith has the red coat")).ToBeFocusedAsync();
        await Expect(ana.Message("Édith has the red coat")).ToBeInViewportAsync();
        // What is between is not there yet, and the past is alive.
        await Expect(ana.Message("Line 150")).ToHaveCountAsync(0);
        await Expect(ana.Message("Coat number 3")).ToHaveCountAsync(1);
        var third = (await rui.Get($"/api/groups/{group}/messages?after=3&limit=1")).Expect(200)["data"]![0]!;
        (await rui.Patch($"/api/groups/{group}/messages/{third["id"]}", new { content = "Coat number three" })).Expect(200);
        await ana.Sees("Coat number three");

        await ana.Button("To the newest ↓").ClickAsync();
        await Expect(ana.Message("Line 150")).ToBeInViewportAsync();
        await Expect(ana.Message("Coat number three")).ToHaveCountAsync(0);
        await rui.SendText(group, "And now");
        await ana.Sees("And now");
        Assert.Empty(ana.Faults);
    }

    [SkippableFact]
    public async Task From_the_past_one_scrolls_down_to_the_present_without_a_hole()
    {
        var rui = await console.Service.Person("Rui");
        var group = await rui.CreateGroup("Downstream", isPublic: true);
        for (var i = 1; i <= 200; i++)
            await rui.SendText(group, $"{(i == 30 ? "Needle" : "Line")} {i}");
        await using var ana = await console.Person("Ana");
        await ana.Join("Downstream");
        await ana.Sees("Line 200");
        await ana.Button("Search").ClickAsync();
        await ana.Dialog.GetByRole(AriaRole.Searchbox).FillAsync("needle");
        await ana.Dialog.GetByRole(AriaRole.Listitem).GetByRole(AriaRole.Button).ClickAsync();
        await Expect(ana.Message("Needle 30")).ToBeInViewportAsync();
        await ana.Log.HoverAsync();
        for (var scrolled = 0; scrolled < 300 && await ana.Message("Line 200").CountAsync() == 0; scrolled++)
            await ana.Page.Mouse.WheelAsync(0, 600);
        await Expect(ana.Message("Line 200")).ToHaveCountAsync(1);
        var words = await ana.Words();
        Assert.Equal(
            Enumerable.Range(200 - words.Count + 1, words.Count).Select(i => $"{(i == 30 ? "Needle" : "Line")} {i}"), words);
        await rui.SendText(group, "Now");
        await ana.Sees("Now");
        Assert.Empty(ana.Faults);
    }
}
