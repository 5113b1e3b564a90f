using static Microsoft.Playwright.Assertions;

namespace Beat.Messaging.Browser.Tests;

/// <summary>Who comes, goes, and may do what.</summary>
[Collection(TheConsole.Name)]
public sealed class MembershipTests(Console console)
{
    [SkippableFact]
    public async Task What_a_store_was_too_late_for_is_asked_again()
    {
        var rui = await console.Service.Person("Rui");
        await rui.CreateGroup("Slowly", isPublic: true);
        await using var ana = await console.Person("Ana");
        var asked = 0;
        await ana.Page.RouteAsync("**/join", route => ++asked < 3
            ? route.FulfillAsync(new()
            {
                Status = 503,
                ContentType = "application/problem+json",
                Body =
                    """{"code":"store_unavailable","status":503,"title":"The service cannot store this now.","retry_after":1}""",
            })
            : route.ContinueAsync());
        await ana.Join("Slowly");
        Assert.Equal(3, asked);
    }

    [SkippableFact]
    public async Task An_invited_person_is_notified_accepts_and_can_be_removed_at_once()
    {
        var name = $"Rui {Guid.NewGuid():N}"[..12];
        await using var rui = await console.Person(name);
        await using var ana = await console.Person("Ana");
        await ana.CreateGroup("By invitation");
        await ana.OpenAbout();
        await ana.Button("Invite people").ClickAsync();
        await ana.Dialog.GetByLabel("Search people by name").FillAsync(name);
        await ana.Button($"Invite {name}").ClickAsync();
        await Expect(ana.Dialog.GetByText("invited", new() { Exact = true })).ToBeVisibleAsync();
        await ana.Dialog.GetByLabel("Close").ClickAsync();

        await Expect(rui.Page.GetByText("Ana invites you to By invitation")).ToBeVisibleAsync();
        await rui.Button("Notifications, 1 unread").ClickAsync();
        await Expect(rui.Dialog.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(1);
        await rui.Button("Mark all as read").ClickAsync();
        await Expect(rui.Dialog.Locator(".unread")).ToHaveCountAsync(0);
        await rui.Dialog.GetByLabel("Close").ClickAsync();
        await Expect(rui.Button("Notifications")).ToBeVisibleAsync();
        await rui.Button("Accept the invitation to By invitation").ClickAsync();
        await rui.Send("Here I am");
        await ana.Sees("Here I am");
        await Expect(ana.About.GetByText(name)).ToBeVisibleAsync();

        // A member is offered nothing that a member may not do.
        await rui.OpenAbout();
        await Expect(rui.Button("Leave group")).ToBeVisibleAsync();
        foreach (var refused in new[] { "Edit group", "Delete group" })
            await Expect(rui.Button(refused)).ToBeHiddenAsync();
        await Expect(rui.About.Locator(".people button.row")).ToHaveCountAsync(0);

        await ana.About.GetByRole(AriaRole.Button).Filter(new() { HasText = name }).ClickAsync();
        await ana.Button("Remove from group").ClickAsync();
        await ana.Confirm("Remove");
        await Expect(rui.Page.GetByText("You were removed from “By invitation”.")).ToBeVisibleAsync();
        await Expect(rui.Group("By invitation")).ToHaveCountAsync(0);
        await Expect(rui.Input).ToBeHiddenAsync();
        await Expect(ana.About.GetByText(name)).ToHaveCountAsync(0);
        Assert.Empty(ana.Faults.Concat(rui.Faults));
    }

    [SkippableFact]
    public async Task An_invitation_can_be_declined_and_withdrawn()
    {
        var name = $"Eva {Guid.NewGuid():N}"[..12];
        await using var eva = await console.Person(name);
        await using var ana = await console.Person("Ana");
        await ana.CreateGroup("Perhaps");
        await ana.OpenAbout();
        await Invite();
        await eva.Button("Decline the invitation to Perhaps").ClickAsync();
        await Expect(eva.Page.GetByText("invites you to")).ToHaveCountAsync(0);

        await Invite();
        await Expect(eva.Page.GetByText("invites you to")).ToBeVisibleAsync();
        await ana.Button($"Withdraw the invitation of {name}").ClickAsync();
        await Expect(eva.Page.GetByText("invites you to")).ToHaveCountAsync(0);

        async Task Invite()
        {
            await ana.Button("Invite people").ClickAsync();
            await ana.Dialog.GetByLabel("Search people by name").FillAsync(name);
            await ana.Button($"Invite {name}").ClickAsync();
            await Expect(ana.Dialog.GetByText("invited", new() { Exact = true })).ToBeVisibleAsync();
            await ana.Dialog.GetByLabel("Close").ClickAsync();
        }
    }

    [SkippableFact]
    public async Task An_invitation_lasts_as_long_as_chosen_and_reminding_too_soon_says_when_to_try_again()
    {
        var name = $"Eva {Guid.NewGuid():N}"[..12];
        await using var eva = await console.Person(name);
        await using var ana = await console.Person("Ana");
        await ana.CreateGroup("Not for long");
        await ana.OpenAbout();
        await ana.Button("Invite people").ClickAsync();
        await ana.Dialog.GetByLabel("Valid for").SelectOptionAsync("1 hour");
        await ana.Dialog.GetByLabel("Search people by name").FillAsync(name);
        await ana.Button($"Invite {name}").ClickAsync();
        await Expect(ana.Dialog.GetByText("invited", new() { Exact = true })).ToBeVisibleAsync();
        await ana.Dialog.GetByLabel("Close").ClickAsync();
        var expires =
            (await ana.Rest("/api/groups/" + ana.GroupId + "/invites"))!["data"]![0]!["expires_at"]!.GetValue<DateTimeOffset>();
        Assert.InRange(expires - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(61));

        // Who invites into what, with how many members, and until when.
        var card = eva.Page.GetByRole(AriaRole.List, new() { Name = "Invitations" }).GetByRole(AriaRole.Listitem);
        await Expect(card).ToContainTextAsync("Ana invites you to Not for long");
        await Expect(card).ToContainTextAsync("1 member · until");
        await Expect(ana.About.GetByText("until")).ToBeVisibleAsync();
        await ana.Button($"Remind {name} of the invitation").ClickAsync();
        await Expect(ana.About.GetByText("That was too fast. Try again in 60 min.")).ToBeVisibleAsync();
        await ana.Button($"Withdraw the invitation of {name}").ClickAsync();
        await Expect(card).ToHaveCountAsync(0);
        Assert.Empty(ana.Faults.Concat(eva.Faults));
    }

    [SkippableFact]
    public async Task What_one_may_not_do_any_more_says_which_rank_it_takes()
    {
        await using var ana = await console.Person("Ana");
        await ana.CreateGroup("Demoted", isPublic: true);
        await using var rui = await console.Person("Rui");
        await rui.Join("Demoted");
        await ana.OpenAbout();
        await rui.OpenAbout();
        await SetRole("admin");
        await rui.Button("Edit group").ClickAsync();
        await SetRole("member");
        await Expect(rui.Button("Edit group")).ToHaveCountAsync(0);
        await rui.Dialog.GetByLabel("Name", new() { Exact = true }).FillAsync("Mine now");
        await rui.Button("Save").ClickAsync();
        await Expect(rui.Dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("This needs the rank admin in the group.");

        async Task SetRole(string role)
        {
            await ana.About.GetByRole(AriaRole.Button).Filter(new() { HasText = "Rui" }).ClickAsync();
            await ana.Dialog.GetByLabel("Role").SelectOptionAsync(role);
            await ana.Button("Change role").ClickAsync();
            await Expect(ana.Dialog).ToHaveCountAsync(0);
        }
    }

    [SkippableFact]
    public async Task Roles_change_live_the_group_is_handed_over_edited_left_and_deleted()
    {
        await using var ana = await console.Person("Ana");
        await ana.CreateGroup("In good hands", isPublic: true);
        await using var rui = await console.Person("Rui Costa");
        await rui.Join("In good hands");
        await rui.OpenAbout();
        await ana.OpenAbout();
        var member = ana.About.GetByRole(AriaRole.Button).Filter(new() { HasText = "Rui Costa" });
        await member.ClickAsync();
        await ana.Dialog.GetByLabel("Role").SelectOptionAsync("admin");
        await ana.Button("Change role").ClickAsync();
        await Expect(rui.Button("Edit group")).ToBeVisibleAsync();

        await rui.Button("Edit group").ClickAsync();
        await rui.Dialog.GetByLabel("Name", new() { Exact = true }).FillAsync("In better hands");
        await rui.Button("Save").ClickAsync();
        await Expect(ana.Group("In better hands")).ToBeVisibleAsync();

        await member.ClickAsync();
        await ana.Button("Make owner").ClickAsync();
        await ana.Confirm("Hand over");
        await Expect(rui.Button("Delete group")).ToBeVisibleAsync();
        await Expect(ana.Button("Delete group")).ToBeHiddenAsync();

        await ana.Button("Leave group").ClickAsync();
        await ana.Confirm("Leave");
        await Expect(ana.Group("In better hands")).ToHaveCountAsync(0);
        await ana.Join("In better hands");
        await rui.Button("Delete group").ClickAsync();
        await rui.Confirm("Delete");
        await Expect(rui.Group("In better hands")).ToHaveCountAsync(0);
        await Expect(ana.Page.GetByText("“In better hands” was deleted.")).ToBeVisibleAsync();
        await Expect(ana.Group("In better hands")).ToHaveCountAsync(0);
        Assert.Empty(ana.Faults.Concat(rui.Faults));
    }

    [SkippableFact]
    public async Task A_form_says_beside_the_field_what_is_wrong()
    {
        await using var ana = await console.Person("Ana");
        await ana.CreateGroup("Taken");
        await ana.Button("New group").ClickAsync();
        await ana.Dialog.GetByLabel("Name", new() { Exact = true }).FillAsync("   ");
        await ana.Dialog.GetByLabel("What is it about?").FillAsync("x");
        await ana.Button("Create group").ClickAsync();
        await Expect(ana.Dialog.Locator("#fault-name")).Not.ToBeEmptyAsync();
        await ana.Dialog.GetByLabel("Name", new() { Exact = true }).FillAsync("Taken");
        await ana.Button("Create group").ClickAsync();
        await Expect(ana.Dialog.GetByRole(AriaRole.Alert)).Not.ToBeEmptyAsync();
        await ana.Page.Keyboard.PressAsync("Escape");
        await Expect(ana.Dialog).ToHaveCountAsync(0);
    }
}
