using static Microsoft.Playwright.Assertions;

namespace Beat.Messaging.Browser.Tests;

/// <summary>Lending a garment, from the request to the return.</summary>
[Collection(TheConsole.Name)]
public sealed class BorrowTests(Console console)
{
    [SkippableFact]
    public async Task A_garment_is_asked_for_lent_handed_over_and_returned_and_the_group_earns_points()
    {
        await using var ana = await console.Person("Ana");
        await ana.CreateGroup("From hand to hand", isPublic: true);
        await using var rui = await console.Person("Rui");
        await rui.Join("From hand to hand");
        await ana.OpenAbout();
        await Expect(ana.About.GetByText("Rui", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(ana.About.GetByText("10 points")).ToBeVisibleAsync();

        await rui.Button("Borrow or lend a garment").ClickAsync();
        await rui.Dialog.GetByLabel("Garment id").FillAsync("the green one");
        await rui.Dialog.GetByLabel("A few words").FillAsync("May I have it for the week?");
        await rui.Dialog.GetByLabel("Who has it").PressSequentiallyAsync("an");
        await rui.Page.GetByRole(AriaRole.Option, new() { Name = "Ana" }).ClickAsync();
        await rui.Button("Post it").ClickAsync();
        await Expect(rui.Dialog.Locator("#fault-garment_id")).Not.ToBeEmptyAsync();
        await rui.Dialog.GetByLabel("Garment id").FillAsync($"{Guid.CreateVersion7()}");
        await rui.Button("Post it").ClickAsync();
        await Expect(rui.Dialog).ToHaveCountAsync(0);

        var hers = ana.Message("May I have it for the week?").Locator(".borrow");
        var his = rui.Message("May I have it for the week?").Locator(".borrow");
        await Expect(hers).ToContainTextAsync("Rui would like to borrow a garment");
        // Each is offered what they may do now, and nothing else.
        await Expect(Moves(hers)).ToHaveTextAsync(["Lend it", "Decline"]);
        await Expect(Moves(his)).ToHaveTextAsync(["Withdraw"]);

        await hers.GetByRole(AriaRole.Button).Filter(new() { HasText = "Lend it" }).ClickAsync();
        var due = DateTime.Today.AddDays(7);
        await ana.Dialog.GetByLabel("To be back by").FillAsync($"{due:yyyy-MM-dd}");
        await ana.Confirm("Lend it");
        await Expect(his).ToContainTextAsync("agreed");
        await Expect(Moves(his)).ToHaveTextAsync(["Cancel the loan"]);
        await hers.GetByRole(AriaRole.Button).Filter(new() { HasText = "Hand over" }).ClickAsync();
        await Expect(ana.Dialog.GetByLabel("To be back by")).ToHaveValueAsync($"{due:yyyy-MM-dd}");
        await ana.Confirm("Hand over");
        await Expect(his).ToContainTextAsync("handed over");
        await Expect(Moves(his)).ToHaveTextAsync(["Dispute"]);

        await rui.Button("My loans").ClickAsync();
        var loan = rui.Dialog.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Borrowed from Ana" });
        await Expect(loan).ToContainTextAsync("handed over");
        await hers.GetByRole(AriaRole.Button).Filter(new() { HasText = "It is back" }).ClickAsync();
        await Expect(loan).ToContainTextAsync("returned");
        await rui.Dialog.GetByLabel("My part").SelectOptionAsync("lender");
        await Expect(rui.Dialog.GetByText("No loan is like that.")).ToBeVisibleAsync();
        await rui.Page.Keyboard.PressAsync("Escape");
        await Expect(Moves(hers)).ToHaveCountAsync(0);
        await hers.GetByText("History", new() { Exact = true }).ClickAsync();
        await Expect(hers.GetByRole(AriaRole.List).GetByRole(AriaRole.Listitem)).ToHaveCountAsync(3);
        await Expect(hers).ToContainTextAsync("returned by you");

        // What became of the garment in this group, and the way back to it.
        await hers.GetByLabel("its loans in this group").ClickAsync();
        await Expect(ana.Dialog.GetByRole(AriaRole.Listitem)).ToContainTextAsync("Rui asks for it");
        await ana.Dialog.GetByRole(AriaRole.Listitem).GetByRole(AriaRole.Button).ClickAsync();
        await Expect(ana.Message("May I have it for the week?")).ToBeFocusedAsync();

        // 10 for the group, 5 for the handing over, 20 and 10 for the return.
        await Expect(ana.About.GetByText("45 points")).ToBeVisibleAsync();
        await ana.About.GetByText("45 points").ClickAsync();
        var leaders = ana.About.GetByRole(AriaRole.List, new() { Name = "Leaderboard" }).GetByRole(AriaRole.Listitem);
        await Expect(leaders).ToHaveCountAsync(2);
        await Expect(leaders.First).ToContainTextAsync("Ana (you)");
        await Expect(leaders.First).ToContainTextAsync("35 ·");
        await Expect(leaders.Last).ToContainTextAsync("Rui");
        await ana.Button("How they were earned").ClickAsync();
        await Expect(ana.Dialog.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "a garment came back" }))
            .ToHaveCountAsync(2);
        await Expect(ana.Dialog.GetByText("+20 points, +30 XP")).ToBeVisibleAsync();
        Assert.Empty(ana.Faults.Concat(rui.Faults));
    }

    [SkippableFact]
    public async Task An_offer_can_be_taken_by_anyone_and_a_loan_is_seen_after_one_left()
    {
        await using var ana = await console.Person("Ana");
        await ana.CreateGroup("Take it", isPublic: true);
        await using var rui = await console.Person("Rui");
        await rui.Join("Take it");
        await ana.Button("Borrow or lend a garment").ClickAsync();
        await ana.Dialog.GetByLabel("What is it?").SelectOptionAsync("offer");
        await Expect(ana.Dialog.GetByLabel("Who has it")).ToBeHiddenAsync();
        await ana.Dialog.GetByLabel("Garment id").FillAsync($"{Guid.CreateVersion7()}");
        await ana.Dialog.GetByLabel("A few words").FillAsync("Warm and blue");
        await ana.Button("Post it").ClickAsync();
        var his = rui.Message("Warm and blue").Locator(".borrow");
        await Expect(his).ToContainTextAsync("Ana lends a garment");
        await his.GetByRole(AriaRole.Button).Filter(new() { HasText = "Borrow it" }).ClickAsync();
        await Expect(his).ToContainTextAsync("agreed");
        var hers = ana.Message("Warm and blue").Locator(".borrow");
        await hers.GetByRole(AriaRole.Button).Filter(new() { HasText = "Hand over" }).ClickAsync();
        await ana.Confirm("Hand over");
        await Expect(his).ToContainTextAsync("handed over");

        await rui.OpenAbout();
        await rui.Button("Leave group").ClickAsync();
        await rui.Confirm("Leave");
        await Expect(rui.Group("Take it")).ToHaveCountAsync(0);
        await rui.Button("My loans").ClickAsync();
        var loan = rui.Dialog.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Borrowed from Ana" });
        await Expect(loan).ToContainTextAsync("a group that you are not in");
        await loan.GetByRole(AriaRole.Button).Filter(new() { HasText = "Dispute" }).ClickAsync();
        await rui.Confirm("Dispute");
        await Expect(loan).ToContainTextAsync("disputed");
        await Expect(hers).ToContainTextAsync("disputed");
        Assert.Empty(ana.Faults.Concat(rui.Faults));
    }

    [SkippableFact]
    public async Task What_somebody_else_did_first_is_told_and_shown()
    {
        await using var ana = await console.Person("Ana");
        await ana.CreateGroup("First come", isPublic: true);
        var group = ana.GroupId;
        var rui = await console.Service.Person("Rui");
        var eva = await console.Service.Person("Eva");
        foreach (var person in new[] { rui, eva })
            (await person.Post($"/api/groups/{group}/join")).Expect(201);
        var asked =
            (await rui.Post(
                $"/api/groups/{group}/messages",
                new { type = "borrow", content = "Anyone?", garment_id = Guid.CreateVersion7() })).Expect(201);
        var card = ana.Message("Anyone?").Locator(".borrow");
        await card.GetByRole(AriaRole.Button).Filter(new() { HasText = "Lend it" }).ClickAsync();
        await Expect(ana.Dialog).ToBeVisibleAsync();
        (await eva.Post($"/api/groups/{group}/messages/{asked["id"]}/borrow/accept")).Expect(200);
        await ana.Confirm("Lend it");
        await Expect(ana.Dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("accepted");
        await ana.Dialog.GetByLabel("Close").ClickAsync();
        await Expect(card).ToContainTextAsync("Eva");
        await Expect(Moves(card)).ToHaveCountAsync(0);
        Assert.Empty(ana.Faults);
    }

    [SkippableFact]
    public async Task What_is_out_too_long_is_overdue_by_the_clock_of_the_window()
    {
        await using var ana = await console.Person("Ana");
        foreach (var (state, days, shown) in new[] { ("handed_over", -1, "overdue"), ("handed_over", 1, "handed over"),
            ("returned", -1, "returned"), ("accepted", -1, "agreed") })
        {
            Assert.Equal(shown, await ana.Page.EvaluateAsync<string>(
                "async ([state, due_at]) => (await import('/console/borrow.js')).stateChip({ state, due_at }).textContent",
                new[] { state, $"{DateTimeOffset.UtcNow.AddDays(days):O}" }));
        }
    }

    private static ILocator Moves(ILocator card) => card.Locator(".moves").GetByRole(AriaRole.Button);
}
