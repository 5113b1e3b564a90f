using Deque.AxeCore.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Beat.Messaging.Browser.Tests;

/// <summary>By keyboard, by ear, on a phone.</summary>
[Collection(TheConsole.Name)]
public sealed class AccessibilityTests(Console console)
{
    [SkippableTheory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 375)]
    public async Task Axe_finds_nothing_in_any_view(ColorScheme scheme, int width)
    {
        var options =
            new BrowserNewContextOptions
            {
                ColorScheme = scheme,
                ViewportSize = new() { Width = width, Height = 800 },
                ReducedMotion = ReducedMotion.Reduce,
                BypassCSP = true
            };
        await using var ana = await console.Chromium.Open(console.Service.Url, options);
        await Expect(ana.Page.GetByLabel("Your name")).ToBeVisibleAsync();
        await Check("sign-in");
        await ana.SignIn("Ana");
        await Check("no groups");
        var name = $"For everyone {Guid.NewGuid():N}"[..20];
        await ana.CreateGroup(name, isPublic: true);
        var group = ana.GroupId;
        var rui = await console.Service.Person("Rui");
        (await rui.Post($"/api/groups/{group}/join")).Expect(201);
        await rui.SendText(group, "Hello, see https://example.org/");
        (await rui.Post(
            $"/api/groups/{group}/messages", new { type = "borrow", content = "May I?", garment_id = Guid.NewGuid() }))
                .Expect(201);
        await ana.Sees("May I?");
        await ana.Do("Reply", "May I?");
        await ana.Send("You may");
        await ana.Sees("You may");
        await ana.Do("React", "May I?");
        await Check("reactions");
        await ana.Button("Seedling").ClickAsync();
        await Expect(ana.Reaction("May I?", "🌱")).ToBeVisibleAsync();
        await ana.Message("May I?").Locator(".borrow").GetByRole(AriaRole.Button).Filter(new() { HasText = "Lend it" })
            .ClickAsync();
        await Check("due date");
        await ana.Confirm("Lend it");
        await ana.Message("May I?").GetByText("History", new() { Exact = true }).ClickAsync();
        await Check("chat");
        await ana.Button("Borrow or lend a garment").ClickAsync();
        await Check("borrow");
        await ana.Dialog.GetByLabel("Close").ClickAsync();
        await ana.Button("Search").ClickAsync();
        await ana.Dialog.GetByRole(AriaRole.Searchbox).FillAsync("may");
        await Expect(ana.Dialog.Locator("mark").First).ToBeVisibleAsync();
        await Check("search");
        await ana.Dialog.GetByLabel("Close").ClickAsync();
        await ana.OpenAbout();
        await Expect(ana.About.GetByText("Rui")).ToBeVisibleAsync();
        await ana.About.Locator(".points summary").ClickAsync();
        await Expect(ana.About.GetByRole(AriaRole.List, new() { Name = "Leaderboard" }).GetByRole(AriaRole.Listitem))
            .ToHaveCountAsync(2);
        await ana.About.GetByText("Notifies me about mentions").ClickAsync();
        await Check("about");
        await ana.Button("How they were earned").ClickAsync();
        await Expect(ana.Dialog.GetByRole(AriaRole.Listitem).First).ToBeVisibleAsync();
        await Check("ledger");
        await ana.Dialog.GetByLabel("Close").ClickAsync();
        await ana.About.Locator(".points summary").ClickAsync();
        await ana.About.GetByRole(AriaRole.Button).Filter(new() { HasText = "Rui" }).ClickAsync();
        await Check("member");
        await ana.Dialog.GetByLabel("Close").ClickAsync();
        await ana.Button("Edit group").ClickAsync();
        await Check("edit");
        await ana.Dialog.GetByLabel("Close").ClickAsync();
        await ana.Page.GotoAsync(new Uri(console.Service.Url, "#/").ToString());
        await ana.Button("Find groups").ClickAsync();
        await Check("find");
        await ana.Dialog.GetByLabel("Close").ClickAsync();
        await ana.Button("My loans").ClickAsync();
        await Expect(ana.Dialog.GetByText("Lent to Rui")).ToBeVisibleAsync();
        await Check("loans");
        await ana.Dialog.GetByLabel("Close").ClickAsync();
        await ana.Page.GetByTitle("You and your data").ClickAsync();
        await Check("me");
        await ana.Dialog.GetByLabel("Close").ClickAsync();
        (await rui.Post($"/api/groups/{group}/messages", new { content = "@Ana", mentions = new[] { await ana.ProfileId() } }))
            .Expect(201);
        await Expect(ana.Group(name).GetByLabel("1 mention")).ToBeVisibleAsync();
        await ana.Button("Notifications, 1 unread").ClickAsync();
        await Expect(ana.Dialog.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(1);
        await Check("notifications");

        async Task Check(string view)
        {
            var violations = (await ana.Page.RunAxe()).Violations;
            Assert.True(
                violations.Length == 0,
                $"{view}: {string.Join("\n", violations.Select(v => $"{v.Id}: {v.Help} {string.Join(", ", v.Nodes.Select(n => n.Html))}"))}");
        }
    }

    [SkippableFact]
    public async Task Everything_can_be_done_by_keyboard()
    {
        await using var ana = await console.Chromium.Open(console.Service.Url);
        var keyboard = ana.Page.Keyboard;
        await Expect(ana.Page.GetByLabel("Your name")).ToBeFocusedAsync();
        await keyboard.TypeAsync("Ana");
        await keyboard.PressAsync("Enter");
        await ana.Button("New group").WaitForAsync();
        await TabTo("New group");
        await keyboard.PressAsync("Enter");
        await Expect(ana.Dialog.GetByLabel("Name", new() { Exact = true })).ToBeFocusedAsync();
        await keyboard.TypeAsync("By hand");
        await keyboard.PressAsync("Tab");
        await keyboard.TypeAsync("Without a mouse");
        await keyboard.PressAsync("Enter");
        await keyboard.PressAsync("Tab");
        await keyboard.PressAsync("Tab");
        await keyboard.PressAsync("Enter");
        await Expect(ana.Input).ToBeFocusedAsync();
        await keyboard.TypeAsync("One");
        await keyboard.PressAsync("Enter");
        await keyboard.TypeAsync("Two");
        await keyboard.PressAsync("Enter");
        await ana.Sees("Two");
        // Up into the history, to its last message, whose actions follow.
        await keyboard.PressAsync("Shift+Tab");
        await Expect(ana.Log).ToBeFocusedAsync();
        await keyboard.PressAsync("ArrowUp");
        await Expect(ana.Message("Two")).ToBeFocusedAsync();
        await keyboard.PressAsync("ArrowUp");
        await Expect(ana.Message("One")).ToBeFocusedAsync();
        await keyboard.PressAsync("Tab");
        await Expect(ana.Message("One").GetByLabel("Reply")).ToBeFocusedAsync();
        await keyboard.PressAsync("Enter");
        await Expect(ana.Input).ToBeFocusedAsync();
        await keyboard.TypeAsync("Three");
        await keyboard.PressAsync("Enter");
        await ana.Sees("Three");
        await keyboard.PressAsync("Shift+Tab");
        await keyboard.PressAsync("ArrowUp");
        await keyboard.PressAsync("Delete");
        await Expect(ana.Dialog).ToBeVisibleAsync();
        await TabTo("Delete");
        await keyboard.PressAsync("Enter");
        await Expect(ana.Log.GetByText("This message was deleted.")).ToBeVisibleAsync();

        async Task TabTo(string button)
        {
            for (var i = 0; i < 20; i++)
            {
                if (await ana.Page.EvaluateAsync<string>("() => document.activeElement.textContent.trim()") == button)
                    return;
                await keyboard.PressAsync("Tab");
            }
            Assert.Fail($"Tab does not lead to {button}.");
        }
    }

    [SkippableFact]
    public async Task On_a_phone_one_pane_fills_the_screen_and_back_leads_back()
    {
        await using var ana = await console.Person(
            "Ana", new() { ViewportSize = new() { Width = 360, Height = 640 }, HasTouch = true, IsMobile = true });
        await Fits();
        await ana.CreateGroup("In my pocket", isPublic: true);
        await Fits();
        await Expect(ana.Button("New group")).ToBeHiddenAsync();
        await ana.Send($"A very long word: {new string('x', 300)}");
        await Expect(ana.Log.Locator(".message:not(.pending)")).ToHaveCountAsync(1);
        await Fits();
        await ana.OpenAbout();
        await Expect(ana.Input).ToBeHiddenAsync();
        await Fits();
        await ana.Page.GoBackAsync();
        await Expect(ana.Input).ToBeVisibleAsync();
        await ana.Button("Back to the groups").ClickAsync();
        await Expect(ana.Button("New group")).ToBeVisibleAsync();
        await Expect(ana.Input).ToBeHiddenAsync();
        await ana.Group("In my pocket").ClickAsync();
        await Expect(ana.Input).ToBeVisibleAsync();

        async Task Fits() => Assert.True(
            await ana.Page.EvaluateAsync<bool>(
                "() => document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight"),
            "The page is larger than the screen.");
    }
}
