using System.Reflection;

namespace Beat.Messaging.Integration.Tests.Operations;

/// <summary>The service as it is delivered: a published folder, started from an empty one.</summary>
public sealed class PublishedTests : IAsyncLifetime
{
    private readonly DirectoryInfo published = Directory.CreateTempSubdirectory("beat-published-");
    private readonly DirectoryInfo empty = Directory.CreateTempSubdirectory("beat-empty-");

    public async Task InitializeAsync()
    {
        var project = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../src/Host"));
        var configuration = typeof(PublishedTests).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        // A build node that stays would keep the output of this open.
        await Tool.Run(
            "dotnet", ["publish", project, "--no-build", "-nodeReuse:false", "--configuration", configuration, "--output",
                published.FullName]);
    }

    public Task DisposeAsync()
    {
        published.Delete(recursive: true);
        empty.Delete(recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task In_development_it_serves_from_an_empty_folder()
    {
        var url = new Uri($"http://127.0.0.1:{HostProcess.FreePort()}");
        await using var host = Start("Development", ("BEAT_MESSASSING_SERVER", url.ToString().TrimEnd('/')));
        await host.Ready(url);
        var ana = await HostProcess.Person(url, "Ana");
        await ana.SendText(await ana.CreateGroup(), "Hello");
        Assert.True(Directory.Exists(Path.Combine(empty.FullName, "data")));
        using var http = new HttpClient { BaseAddress = url };
        // What the docs are made of is delivered, too.
        Assert.Contains("Its place in the group", await http.GetStringAsync("/asyncapi.json"), StringComparison.Ordinal);
        Assert.Contains(
            "communities that lend each other garments", await http.GetStringAsync("/openapi/v1.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_production_it_refuses_to_start_without_settings_and_lists_them_all()
    {
        await using var host = Start("Production");
        await host.WaitForExit().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(1, host.ExitCode);
        Assert.All(
            ["DATABASE_URL", "MONGO_URL", "REDIS_URL", "KAFKA_BROKERS", "JWKS_URL", "SECRET_KEY_BASE"],
            name => Assert.Contains(name, host.Output, StringComparison.Ordinal));
        Assert.Empty(empty.GetFileSystemInfos());
    }

    [SkippableFact]
    public async Task In_production_with_its_settings_it_migrates_and_serves_and_writes_nothing_here()
    {
        var url = new Uri($"http://127.0.0.1:{HostProcess.FreePort()}");
        (string, string)[] settings =
        [
            .. (await MongoService.Settings()).Select(setting => setting.Split('=', 2)).Select(pair => (pair[0], pair[1])),
            ("JWKS_URL", "http://127.0.0.1:1"), ("SECRET_KEY_BASE", "a secret for this test, of 32 characters or more"),
            ("BEAT_MESSASSING_SERVER", url.ToString().TrimEnd('/')),
        ];
        await using var host = Start("Production", "--migrate", settings);
        await host.Ready(url);
        using var http = new HttpClient { BaseAddress = url };
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await http.PostAsync("/dev/tokens", null)).StatusCode);
        await host.Terminate();
        Assert.Equal(0, host.ExitCode);
        Assert.Empty(empty.GetFileSystemInfos());
    }

    private HostProcess Start(string environment, params (string, string)[] settings) => Start(environment, null, settings);

    private HostProcess Start(string environment, string? argument, params (string, string)[] settings) => HostProcess.Start(
        published.FullName, empty.FullName, argument is null ? [] : [argument],
        [("ASPNETCORE_ENVIRONMENT", environment), .. settings]);
}
