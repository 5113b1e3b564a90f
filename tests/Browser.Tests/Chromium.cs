namespace Beat.Messaging.Browser.Tests;

/// <summary>
/// One browser for the suites, from this machine: the program that <c>BEAT_TEST_CHROMIUM</c> names, or Chromium or Chrome on the
/// path. Where there is none the tests are skipped, or fail if <c>BEAT_TESTS_REQUIRE</c> names <c>chromium</c>.
/// </summary>
public sealed class Chromium : IAsyncLifetime
{
    private IPlaywright? playwright;
    private IBrowser? browser;

    public async Task InitializeAsync()
    {
        if (Program is not { } program)
            return;
        Assertions.SetDefaultExpectTimeout(40_000);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = program,
            // Chromium's own sandbox does not start for root.
            Args = Environment.UserName == "root" ? ["--no-sandbox"] : [],
        });
    }

    public async Task DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
    }

    /// <summary>A window of its own: what it stores is seen by no other.</summary>
    public async Task<Window> Open(Uri url, BrowserNewContextOptions? options = null)
    {
        Tool.Require(
            "chromium", browser is not null, "neither Chromium nor Chrome is installed, and BEAT_TEST_CHROMIUM names none");
        var context = await browser!.NewContextAsync(options ?? new() { ViewportSize = new() { Width = 1280, Height = 800 } });
        context.SetDefaultTimeout(60_000);
        var window = new Window(await context.NewPageAsync(), url);
        await window.Page.GotoAsync(url.ToString());
        return window;
    }

    /// <summary>Somebody new, signed in by name.</summary>
    public async Task<Window> Person(Uri url, string name, BrowserNewContextOptions? options = null)
    {
        var window = await Open(url, options);
        await window.SignIn(name);
        return window;
    }

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private static string? Program
    {
        get
        {
            if (Environment.GetEnvironmentVariable("BEAT_TEST_CHROMIUM") is { Length: > 0 } named)
                return named;
            var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
            return Names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        }
    }
}

/// <summary>One service and one browser for the suites that break neither.</summary>
public sealed class Console : IAsyncLifetime
{
    public Service Service { get; private set; } = null!;

    public Chromium Chromium { get; } = new();

    public async Task InitializeAsync()
    {
        Service = await Service.Start();
        await Chromium.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await Chromium.DisposeAsync();
        await Service.DisposeAsync();
    }

    public Task<Window> Person(string name, BrowserNewContextOptions? options = null) =>
        Chromium.Person(Service.Url, name, options);
}

[CollectionDefinition(Name)]
public sealed class TheConsole : ICollectionFixture<Console>
{
    public const string Name = "console";
}
