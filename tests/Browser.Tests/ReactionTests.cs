using static Microsoft.Playwright.Assertions;

namespace Beat.Messaging.Browser.Tests;

/// <summary>Reactions, by pointer, by keyboard, live.</summary>
[Collection(TheConsole.Name)]
public sealed class ReactionTests(Console console)
{
    [SkippableFact]
    public async Task Reactions_come_and_go_in_both_windows_and_say_who()
    {
        await using var ana = await console.Person("Ana");
        await ana.CreateGroup("Nods", isPublic: true);
        await using var rui = await console.Person("Rui Costa");
        await rui.Join("Nods");
        await ana.Send("It is washed");
        await rui.Sees("It is washed");

        await rui.Do("React", "It is washed");
        await rui.Button("Thumbs up").ClickAsync();
        await Expect(ana.Reaction("It is washed", "👍")).ToHaveAccessibleNameAsync("👍 1: Rui Costa");
        await Expect(ana.Reaction("It is washed", "👍")).ToHaveAttributeAsync("aria-pressed", "false");
        await Expect(rui.Reaction("It is washed", "👍")).ToHaveAttributeAsync("aria-pressed", "true");

        await ana.Reaction("It is washed", "👍").ClickAsync();
        await Expect(ana.Reaction("It is washed", "👍")).ToHaveAccessibleNameAsync("👍 2: you and Rui Costa");
        await Expect(rui.Reaction("It is washed", "👍")).ToHaveAccessibleNameAsync("👍 2: you and Ana");

        await rui.Reaction("It is washed", "👍").ClickAsync();
        await Expect(ana.Reaction("It is washed", "👍")).ToHaveAccessibleNameAsync("👍 1: you");
        await ana.Reaction("It is washed", "👍").ClickAsync();
        await Expect(rui.Reaction("It is washed", "👍")).ToHaveCountAsync(0);

        // They are the service's: a window that loads anew has them.
        await rui.Do("React", "It is washed");
        await rui.Button("Heart").ClickAsync();
        await Expect(ana.Reaction("It is washed", "❤️")).ToHaveCountAsync(1);
        await ana.Page.ReloadAsync();
        await Expect(ana.Reaction("It is washed", "❤️")).ToHaveAccessibleNameAsync("❤️ 1: Rui Costa");
        Assert.Empty(ana.Faults.Concat(rui.Faults));
    }

    [SkippableFact]
    public async Task One_reacts_by_keyboard_with_any_emoji_and_hears_what_is_none()
    {
        await using var ana = await console.Person("Ana");
        await ana.CreateGroup("By keys");
        await ana.Send("Done");
        await ana.Sees("Done");
        var keyboard = ana.Page.Keyboard;
        await ana.Message("Done").FocusAsync();
        await keyboard.PressAsync("+");
        await Expect(ana.Button("Thumbs up")).ToBeFocusedAsync();
        await keyboard.PressAsync("ArrowRight");
        await keyboard.PressAsync("ArrowDown");
        await Expect(ana.Button("Applause")).ToBeFocusedAsync();
        await keyboard.PressAsync("Enter");
        await Expect(ana.Reaction("Done", "👏")).ToHaveAccessibleNameAsync("👏 1: you");
        await Expect(ana.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);

        await ana.Do("React", "Done");
        await ana.Page.GetByLabel("Another emoji").FillAsync("no emoji");
        await keyboard.PressAsync("Enter");
        await Expect(ana.Page.GetByText("That is not one emoji.")).ToBeVisibleAsync();
        await ana.Page.GetByLabel("Another emoji").FillAsync("🧵");
        await keyboard.PressAsync("Enter");
        await Expect(ana.Reaction("Done", "🧵")).ToHaveCountAsync(1);

        // A reaction that is pressed keeps the focus while it is drawn anew.
        await ana.Reaction("Done", "🧵").FocusAsync();
        await keyboard.PressAsync("Enter");
        await Expect(ana.Reaction("Done", "🧵")).ToHaveCountAsync(0);
        await Expect(ana.Message("Done")).ToBeFocusedAsync();
        await keyboard.PressAsync("+");
        await keyboard.PressAsync("Escape");
        await Expect(ana.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        Assert.Empty(ana.Faults);
    }
}
