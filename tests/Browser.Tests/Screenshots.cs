using static Microsoft.Playwright.Assertions;

namespace Beat.Messaging.Browser.Tests;

/// <summary>
/// The pictures of the README. They are written where <c>BEAT_SCREENSHOTS</c> names a folder (<c>docs/images</c>), and thrown
/// away otherwise.
/// </summary>
public sealed class Screenshots(Chromium chromium) : IClassFixture<Chromium>
{
    [SkippableFact]
    public async Task The_main_views_can_be_shown()
    {
        var folder = Environment.GetEnvironmentVariable("BEAT_SCREENSHOTS");
        await using var service = await Service.Start();
        await using var ana = await chromium.Open(service.Url, new() { ViewportSize = new() { Width = 1280, Height = 800 } });
        await Expect(ana.Button("Start chatting")).ToBeVisibleAsync();
        await Shoot(ana, "sign-in");
        await ana.SignIn("Ana Sousa");
        var rui = await service.Person("Rui Costa");
        var eva = await service.Person("Eva Martins");
        var others = new List<Guid>();
        foreach (var (name, about, words) in new[]
        {
            ("Shoes, size 39", "From hiking boots to heels", "The red ones are back, and clean."),
            ("Party dresses", "For one evening each", "Mine fits anyone between S and L."),
        })
        {
            await ana.CreateGroup(name, isPublic: true);
            var group = ana.GroupId;
            others.Add(group);
            (await eva.Post($"/api/groups/{group}/join")).Expect(201);
            await eva.SendText(group, words);
            await ana.Sees(words);
        }
        await ana.CreateGroup("Winter coats", isPublic: true);
        var coats = ana.GroupId;
        foreach (var person in new[] { rui, eva })
            (await person.Post($"/api/groups/{coats}/join")).Expect(201);
        await using var ruis = await rui.Connect();
        await ruis.Join(coats);
        await rui.SendText(coats, "Good morning! It will rain all of next week.");
        var asked = await rui.SendText(coats, "Does anyone have a raincoat that fits me?");
        await eva.SendText(coats, "Mine is with Marta until Friday, sorry.");
        await ana.Send("I have a green one, it hangs in the hall. You tried it on at the picnic.");
        await ana.Sees("I have a green one, it hangs in the hall. You tried it on at the picnic.");
        var offered = (await rui.Get($"/api/groups/{coats}/messages?limit=1")).Expect(200)["data"]![0]!["id"];
        foreach (var (person, emoji) in new[] { (rui, "🌱"), (eva, "🌱"), (eva, "👍") })
            (await person.Put($"/api/groups/{coats}/messages/{offered}/reactions/{Uri.EscapeDataString(emoji)}")).Expect(200);
        (await rui.Post($"/api/groups/{coats}/messages", new
        {
            type = "borrow",
            content = "That one! May I have it for the week?",
            garment_id = "01975b3e-8f2a-7c11-9d46-6a7be1c0ffee",
            borrow = new { kind = "request", owner_id = await ana.ProfileId(), due_at = DateTimeOffset.UtcNow.AddDays(7) },
        })).Expect(201);
        await ana.Sees("That one! May I have it for the week?");
        (await eva.Post(
            $"/api/groups/{coats}/messages",
            new
            {
                content = "And then it is back from Marta. @Ana Sousa saves the day.",
                reply_to = asked["id"],
                mentions = new[] { await ana.ProfileId() }
            })).Expect(201);
        await Expect(ana.Log.Locator(".mention")).ToHaveCountAsync(1);
        await eva.SendText(others[0], "And the blue ones go out tomorrow.");
        (await eva.Post(
            $"/api/groups/{others[0]}/messages",
            new { content = "Are they yours, @Ana Sousa?", mentions = new[] { await ana.ProfileId() } })).Expect(201);
        await Expect(ana.Unread("Shoes, size 39")).ToHaveTextAsync("2");
        await Expect(ana.Button("Notifications, 1 unread")).ToBeVisibleAsync();
        await Expect(ana.Page.GetByText("3 members, 2 online")).ToBeVisibleAsync();
        await ana.OpenAbout();
        await Expect(ana.About.GetByText("Rui Costa")).ToBeVisibleAsync();
        await ruis.Call("Typing", coats);
        await Expect(ana.Page.GetByText("Rui Costa is typing …").First).ToBeVisibleAsync();
        await Shoot(ana, "chat");
        await ana.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await Shoot(ana, "chat-dark");
        await ana.Page.SetViewportSizeAsync(390, 780);
        await ana.Button("Close").ClickAsync();
        await Expect(ana.Input).ToBeVisibleAsync();
        await Shoot(ana, "phone");
        Assert.Empty(ana.Faults);

        async Task Shoot(Window window, string name)
        {
            var picture = await window.Page.ScreenshotAsync(new() { Animations = ScreenshotAnimations.Disabled });
            if (folder is { Length: > 0 })
                await File.WriteAllBytesAsync(Path.Combine(folder, $"{name}.png"), picture);
        }
    }
}
