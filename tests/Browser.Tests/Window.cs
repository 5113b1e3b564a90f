using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace Beat.Messaging.Browser.Tests;

/// <summary>A person's window, driven as they would: by labels and roles.</summary>
public sealed class Window(IPage page, Uri url) : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> faults = Listen(page);

    public IPage Page => page;

    /// <summary>
    /// Scripts that failed, and what the browser refused; a request that the service refused is not among them.
    /// </summary>
    public IReadOnlyCollection<string> Faults => faults;

    public ILocator Input => page.GetByRole(AriaRole.Textbox, new() { Name = "Message", Exact = true });

    public ILocator Log => page.GetByRole(AriaRole.Log);

    public ILocator Dialog => page.GetByRole(AriaRole.Dialog);

    public ILocator About => page.GetByRole(AriaRole.Complementary, new() { Name = "About this group" });

    public ILocator Button(string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>The message with these words.</summary>
    public ILocator Message(string words) => Log.Locator(".message")
        .Filter(new() { Has = page.Locator(".words").Filter(new() { HasTextRegex = new Regex($"^{Regex.Escape(words)}$") }) });

    /// <summary>The row of a group among mine.</summary>
    public ILocator Group(string name) =>
        page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link).Filter(new() { HasText = name });

    public async Task SignIn(string name)
    {
        await page.GetByLabel("Your name").FillAsync(name);
        await Button("Start chatting").ClickAsync();
        await Button("New group").WaitForAsync();
    }

    /// <summary>Signs in with a token: somebody may have several windows.</summary>
    public async Task Enter(string token)
    {
        await page.GetByText("Use an access token").ClickAsync();
        await page.GetByLabel("Access token").FillAsync(token);
        await Button("Enter").ClickAsync();
        await Button("New group").WaitForAsync();
    }

    public async Task CreateGroup(string name, bool isPublic = false)
    {
        await Button("New group").ClickAsync();
        await Dialog.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        await Dialog.GetByLabel("What is it about?").FillAsync("What we lend each other");
        if (isPublic)
            await Dialog.GetByLabel("Anyone may find and join it").CheckAsync();
        await Button("Create group").ClickAsync();
        await IsOpen(name);
    }

    /// <summary>Into a public group.</summary>
    public async Task Join(string name)
    {
        await Button("Find groups").ClickAsync();
        await Dialog.GetByLabel("Search public groups").FillAsync(name);
        await Button($"Join {name}").ClickAsync();
        await IsOpen(name);
    }

    /// <summary>The id of the open group, from the address.</summary>
    public Guid GroupId => Guid.Parse(new Uri(page.Url).Fragment.Split('/')[2]);

    /// <summary>Who is signed in here.</summary>
    public async Task<Guid> ProfileId() =>
        Guid.Parse(await page.EvaluateAsync<string>("() => JSON.parse(sessionStorage['beat.session']).profileId"));

    /// <summary>What the service answers this person by REST.</summary>
    public async Task<JsonNode?> Rest(string path) => JsonNode.Parse(await page.EvaluateAsync<string>(
        """
        async (path) => {
          const { token } = JSON.parse(sessionStorage['beat.session']);
          return (await fetch(path, { headers: { Authorization: `Bearer ${token}` } })).text();
        }
        """, path));

    public async Task IsOpen(string group)
    {
        await Expect(page.Locator(".room h2")).ToHaveTextAsync(group);
        await Expect(Input).ToBeVisibleAsync();
    }

    public async Task Send(string words)
    {
        await Input.FillAsync(words);
        await Input.PressAsync("Enter");
    }

    /// <summary>Faster than anybody types, however busy the machine is.</summary>
    public Task SendAtOnce(IReadOnlyList<string> several) => Input.EvaluateAsync(
        """
        (input, several) => {
          for (const words of several) {
            input.value = words;
            input.dispatchEvent(new Event('input', { bubbles: true }));
            input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
          }
        }
        """, several);

    /// <summary>
    /// Sends, and waits until it is taken: what the window told the service before, like what it shows, is taken then, too.
    /// </summary>
    public async Task Says(string words)
    {
        await Send(words);
        await Sees(words);
    }

    /// <summary>Waits until the message is shown, once, as stored.</summary>
    public Task Sees(string words) =>
        Expect(Log.Locator(".message:not(.pending)").GetByText(words, new() { Exact = true })).ToHaveCountAsync(1);

    /// <summary>All that is said, from the oldest that is shown to the newest.</summary>
    public async Task<IReadOnlyList<string>> Words() => await Log.Locator(".message .words").AllInnerTextsAsync();

    public async Task Do(string action, string words)
    {
        var message = Message(words);
        await message.HoverAsync();
        await message.GetByRole(AriaRole.Button, new() { Name = action, Exact = true }).ClickAsync();
    }

    /// <summary>A reaction under the message with these words.</summary>
    public ILocator Reaction(string words, string emoji) => Message(words).GetByRole(AriaRole.List, new() { Name = "Reactions" })
        .GetByRole(AriaRole.Button).Filter(new() { HasText = emoji });

    /// <summary>What somebody's group has that is unread, as its row shows it.</summary>
    public ILocator Unread(string group) => Group(group).GetByLabel("unread");

    /// <summary>Whether somebody has this window before them, as a browser tells it.</summary>
    public Task BeVisible(bool isVisible) => page.EvaluateAsync(
        """
        (state) => {
          Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
          document.dispatchEvent(new Event('visibilitychange'));
        }
        """, isVisible ? "visible" : "hidden");

    public async Task OpenAbout()
    {
        await Button("About this group").ClickAsync();
        await Expect(About).ToBeVisibleAsync();
    }

    public async Task Confirm(string button) =>
        await Dialog.Last.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    public async Task Reload() => await page.GotoAsync(url.ToString());

    public async ValueTask DisposeAsync() => await page.Context.DisposeAsync();

    private static ConcurrentQueue<string> Listen(IPage page)
    {
        var faults = new ConcurrentQueue<string>();
        page.PageError += (_, error) => faults.Enqueue(error);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)
                && !message.Text.StartsWith("WebSocket", StringComparison.Ordinal))
                faults.Enqueue(message.Text);
        };
        page.Dialog += async (_, dialog) =>
        {
            faults.Enqueue($"A script said {dialog.Message}");
            await dialog.DismissAsync();
        };
        return faults;
    }
}
