namespace Beat.Messaging.Integration.Tests.Operations;

/// <summary>The command that operators keep schemas with, as a process of its own.</summary>
public sealed class MigrateTests
{
    [Fact]
    public async Task On_SQLite_schemas_go_up_and_down_and_are_reset()
    {
        var folder = Directory.CreateTempSubdirectory("beat-");
        await GoUpAndDown([("BEAT_DATA", folder.FullName)]);
        folder.Delete(recursive: true);
    }

    [SkippableFact]
    public async Task On_PostgreSQL_and_MongoDB_schemas_go_up_and_down_and_are_reset() => await GoUpAndDown(
    [
        ("DATABASE_URL", await Servers.PostgreSql()), ("MONGO_URL", await Servers.Mongo()), ("SECRET_KEY_BASE", Secret),
        ("KAFKA_BROKERS", "127.0.0.1:1"),
    ]);

    [SkippableFact]
    public async Task Production_waits_for_its_migrations_to_be_applied_by_somebody_and_is_never_reset()
    {
        (string, string)[] production =
        [
            ("ASPNETCORE_ENVIRONMENT", "Production"), ("DATABASE_URL", await Servers.PostgreSql()),
            ("MONGO_URL", await Servers.Mongo()), ("REDIS_URL", "redis://127.0.0.1:1"), ("KAFKA_BROKERS", "127.0.0.1:1"),
            ("SECRET_KEY_BASE", Secret), ("JWKS_URL", "http://127.0.0.1:1"),
            ("BEAT_MESSASSING_SERVER", $"http://127.0.0.1:{HostProcess.FreePort()}"),
        ];
        var (code, output) = await Run([], production);
        Assert.Equal(1, code);
        Assert.Contains("migrate up", output, StringComparison.Ordinal);
        (code, output) = await Run(["migrate", "reset"], production);
        Assert.Equal(1, code);
        Assert.Contains("not for Production", output, StringComparison.Ordinal);
        Assert.Equal(0, (await Run(["migrate"], production)).Code);

        var url = new Uri(production[^1].Item2);
        await using var host = HostProcess.Start([], production);
        await host.Ready(url);
        Assert.Equal(0, (await Run(["health"], production)).Code);
        await host.Terminate();
        Assert.Equal(1, (await Run(["health"], production)).Code);
    }

    private const string Secret = "a secret for these tests, of 32 characters or more";

    private static async Task GoUpAndDown((string, string)[] settings)
    {
        Assert.DoesNotContain("applied", (await Run(["migrate", "status"], settings)).Output, StringComparison.Ordinal);
        var (code, output) = await Run(["migrate", "up"], settings);
        Assert.True(code == 0, output);
        Assert.DoesNotContain("pending", (await Run(["migrate", "status"], settings)).Output, StringComparison.Ordinal);

        (code, output) = await Run(["migrate", "down", "groups"], settings);
        Assert.True(code == 0, output);
        Assert.Contains("took back", output, StringComparison.Ordinal);
        Assert.Contains("pending", (await Run(["migrate", "status"], settings)).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await Run(["migrate"], settings)).Code);

        (code, output) = await Run(["migrate", "down", "nothing"], settings);
        Assert.Equal(1, code);
        Assert.Contains("groups", output, StringComparison.Ordinal);
        Assert.Equal(1, (await Run(["migrate", "sideways"], settings)).Code);

        (code, output) = await Run(["migrate", "reset"], settings);
        Assert.True(code == 0, output);
        Assert.DoesNotContain("pending", (await Run(["migrate", "status"], settings)).Output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> Run(string[] arguments, params (string, string)[] settings)
    {
        await using var host = HostProcess.Start(arguments, settings);
        await host.WaitForExit().WaitAsync(TimeSpan.FromSeconds(60));
        return (host.ExitCode, host.Output);
    }
}
