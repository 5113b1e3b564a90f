using static Microsoft.Playwright.Assertions;

namespace Beat.Messaging.Browser.Tests;

/// <summary>Two windows are two people.</summary>
[Collection(TheConsole.Name)]
public sealed class ChatTests(Console console)
{
    [SkippableFact]
    public async Task A_newcomer_picks_a_name_makes_a_group_and_chats_with_another_window()
    {
        await using var ana = await console.Person("Ana");
        await Expect(ana.Page.GetByText("You are in no group yet.")).ToBeVisibleAsync();
        await ana.CreateGroup("First words", isPublic: true);
        await Expect(ana.Page.GetByText("Nothing has been said yet.")).ToBeVisibleAsync();
        await using var rui = await console.Person("Rui");
        await rui.Join("First words");

        await ana.Send("Who has a raincoat?");
        await ana.Sees("Who has a raincoat?");
        await rui.Sees("Who has a raincoat?");
        await rui.Input.PressSequentiallyAsync("I do");
        await Expect(ana.Log.Locator("..").GetByText("Rui is typing …")).ToBeVisibleAsync();
        await rui.Input.PressAsync("Enter");
        await ana.Sees("I do");
        await Expect(ana.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "Rui: I do" })).ToHaveCountAsync(1);
        await Expect(ana.Page.Locator(".room header small")).ToHaveTextAsync("2 members, 2 online");
        Assert.Empty(ana.Faults.Concat(rui.Faults));
    }

    [SkippableFact]
    public async Task Messages_are_edited_deleted_answered_and_mention_people()
    {
        await using var ana = await console.Person("Ana");
        await ana.CreateGroup("Second thoughts", isPublic: true);
        await using var rui = await console.Person("Rui Costa");
        await rui.Join("Second thoughts");
        await ana.Send("Who has a raincoat?");
        await rui.Sees("Who has a raincoat?");

        await ana.Input.PressAsync("ArrowUp");
        await Expect(ana.Input).ToHaveValueAsync("Who has a raincoat?");
        await ana.Send("Who has a blue raincoat?");
        await rui.Sees("Who has a blue raincoat?");
        await Expect(rui.Message("Who has a blue raincoat?")).ToContainTextAsync("edited");
        await Expect(rui.Message("Who has a blue raincoat?").GetByLabel("Edit")).ToHaveCountAsync(0);

        await rui.Do("Reply", "Who has a blue raincoat?");
        await rui.Send("I have one");
        await ana.Sees("I have one");
        await Expect(ana.Message("I have one").Locator(".quote")).ToContainTextAsync("Who has a blue raincoat?");

        await ana.Input.FillAsync("");
        await ana.Input.PressSequentiallyAsync("Thank you @cos");
        await Expect(ana.Page.GetByRole(AriaRole.Option, new() { Name = "Rui Costa" })).ToBeVisibleAsync();
        await ana.Input.PressAsync("Enter");
        await Expect(ana.Input).ToHaveValueAsync("Thank you @Rui Costa ");
        await ana.Input.PressAsync("Enter");
        await Expect(rui.Log.Locator(".for-me .mention")).ToHaveTextAsync("@Rui Costa");

        await ana.Do("Delete", "Who has a blue raincoat?");
        await ana.Confirm("Delete");
        await Expect(rui.Log.GetByText("This message was deleted.")).ToBeVisibleAsync();
        await Expect(ana.Message("I have one").Locator(".quote")).ToContainTextAsync("a deleted message");
        Assert.Empty(ana.Faults.Concat(rui.Faults));
    }

    [SkippableFact]
    public async Task History_loads_upwards_and_what_is_read_stays_in_its_place()
    {
        var rui = await console.Service.Person("Rui");
        var group = await rui.CreateGroup("A long story", isPublic: true);
        for (var i = 1; i <= 230; i++)
            await rui.SendText(group, $"Line {i}");
        await using var ana = await console.Person("Ana");
        await ana.Join("A long story");
        await ana.Sees("Line 230");
        await Expect(ana.Message("Line 230")).ToBeInViewportAsync();
        await Expect(ana.Message("Line 100")).ToHaveCountAsync(0);

        // Each time one reaches the top, what was there stays under one's eyes.
        await ana.Log.HoverAsync();
        for (var scrolled = 0; scrolled < 200 && await ana.Message("Line 1").CountAsync() == 0; scrolled++)
            await ana.Page.Mouse.WheelAsync(0, -400);
        await Expect(ana.Message("Line 1")).ToHaveCountAsync(1);
        Assert.Equal(Enumerable.Range(1, 230).Select(i => $"Line {i}"), await ana.Words());
        await Expect(ana.Message("Line 230")).Not.ToBeInViewportAsync();

        // News does not tear a reader away, and is one step off.
        await rui.SendText(group, "News");
        await Expect(ana.Button("1 new ↓")).ToBeVisibleAsync();
        await Expect(ana.Message("News")).Not.ToBeInViewportAsync();
        await ana.Button("1 new ↓").ClickAsync();
        await Expect(ana.Message("News")).ToBeInViewportAsync();
        Assert.Empty(ana.Faults);
    }

    [SkippableFact]
    public async Task A_reply_leads_to_what_it_answers_also_when_that_is_far_back()
    {
        var rui = await console.Service.Person("Rui");
        var group = await rui.CreateGroup("Far back", isPublic: true);
        var first = await rui.SendText(group, "The very first");
        for (var i = 0; i < 150; i++)
            await rui.SendText(group, $"Line {i}");
        (await rui.Post($"/api/groups/{group}/messages", new { content = "The answer", reply_to = first["id"] })).Expect(201);
        await using var ana = await console.Person("Ana");
        await ana.Join("Far back");
        await ana.Message("The answer").Locator(".quote").ClickAsync();
        await Expect(ana.Message("The very first")).ToBeFocusedAsync();
        await Expect(ana.Message("The very first")).ToBeInViewportAsync();
    }

    [SkippableFact]
    public async Task Unread_messages_are_counted_until_they_are_looked_at()
    {
        await using var ana = await console.Person("Ana");
        await ana.CreateGroup("Elsewhere", isPublic: true);
        await ana.CreateGroup("Here");
        await using var rui = await console.Person("Rui");
        await rui.Join("Elsewhere");
        await rui.Send("One");
        await rui.Send("Two");
        await rui.Send("Three");
        await Expect(ana.Group("Elsewhere").GetByLabel("3 unread")).ToHaveTextAsync("3");
        await Expect(ana.Page).ToHaveTitleAsync("(3) Beat Messaging");
        await ana.Group("Elsewhere").ClickAsync();
        await Expect(ana.Log.GetByText("New", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(ana.Page).ToHaveTitleAsync("Beat Messaging");
    }

    [SkippableFact]
    public async Task What_cannot_be_sent_says_why_and_can_be_tried_again()
    {
        await using var ana = await console.Person("Ana");
        await ana.CreateGroup("Honest");
        await ana.Input.FillAsync(new string('x', 4001));
        await Expect(ana.Page.GetByText("This is 1 characters too long; a message holds 4000.")).ToBeVisibleAsync();
        await Expect(ana.Button("Send")).ToBeDisabledAsync();
        await ana.Input.PressAsync("Enter");
        Assert.Empty(await ana.Words());

        // A message that the service refuses: its answer was removed before it was sent.
        await ana.Send("Soon gone");
        await ana.Sees("Soon gone");
        await ana.Page.EvaluateAsync(
            "() => { window.realSend = WebSocket.prototype.send; WebSocket.prototype.send = function (data) { window.realSend.call(this, data.replace('Bad', 'x'.repeat(4001))); }; }");
        await ana.Send("Bad");
        var failed = ana.Log.Locator(".failed");
        await Expect(failed).ToContainTextAsync("Not sent.");
        await ana.Page.EvaluateAsync("() => { WebSocket.prototype.send = window.realSend; }");
        await failed.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await ana.Sees("Bad");
        await Expect(failed).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task A_borrow_message_is_a_card()
    {
        await using var ana = await console.Person("Ana");
        await ana.CreateGroup("Cards", isPublic: true);
        var rui = await console.Service.Person("Rui");
        var group = ana.GroupId;
        (await rui.Post($"/api/groups/{group}/join")).Expect(201);
        var garment = Guid.NewGuid();
        (await rui.Post($"/api/groups/{group}/messages", new { type = "borrow", content = "For a week?", garment_id = garment }))
            .Expect(201);
        await Expect(ana.Message("For a week?").Locator(".borrow")).ToContainTextAsync("Rui would like to borrow a garment");
        await Expect(ana.Message("For a week?").Locator(".borrow")).ToContainTextAsync($"{garment}"[^8..]);
    }
}
