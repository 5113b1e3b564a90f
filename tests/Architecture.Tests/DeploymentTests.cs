using YamlDotNet.Serialization;

namespace Beat.Messaging.Architecture.Tests;

/// <summary>What operators are handed: the composition, the image, the settings.</summary>
public sealed partial class DeploymentTests
{
    private static readonly Dictionary<string, Dictionary<string, object>> Services = new DeserializerBuilder().Build()
        .Deserialize<Dictionary<string, object>>(Text("docker-compose.yml")) is { } compose
            ? ((Dictionary<object, object>)compose["services"]).ToDictionary(
                service => (string)service.Key, service => ((Dictionary<object, object>)service.Value)
                    .ToDictionary(field => (string)field.Key, field => field.Value))
            : [];

    [Theory]
    [InlineData("messaging", "4000")]
    [InlineData("postgres", "5432")]
    [InlineData("mongo", "27017")]
    [InlineData("mongo-express", "8081")]
    [InlineData("redis", "6379")]
    [InlineData("redis-ui", "8001")]
    [InlineData("kafka", "9094")]
    public void A_service_of_the_composition_is_reached_from_this_machine_only(string name, string port)
    {
        var published = ((List<object>)Services[name]["ports"]).Cast<string>().ToList();
        Assert.All(published, mapping => Assert.StartsWith("127.0.0.1:", mapping, StringComparison.Ordinal));
        Assert.Contains(published, mapping => mapping.Contains(port, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("mongo")]
    [InlineData("redis")]
    [InlineData("kafka")]
    public void A_server_keeps_its_data_and_is_waited_for(string name)
    {
        Assert.True(Services[name].ContainsKey("healthcheck"));
        Assert.True(Services[name].ContainsKey("volumes"));
        var awaited = (Dictionary<object, object>)((Dictionary<object, object>)Services["messaging"]["depends_on"])[name];
        Assert.Equal("service_healthy", awaited["condition"]);
    }

    /// <summary>An image of a tag that moves between majors would one day not start on the data of the former.</summary>
    [Fact]
    public void Every_image_names_its_version() => Assert.All(
        Services.Where(service => service.Key != "messaging"),
        service => Assert.Matches(@"^[a-z/-]+:\d+(\.\d+)*$", (string)service.Value["image"]));

    [Fact]
    public void The_image_runs_as_nobody_in_particular_checks_its_health_and_migrates()
    {
        var last = Text("Dockerfile")[Text("Dockerfile").LastIndexOf("FROM ", StringComparison.Ordinal)..];
        Assert.Matches(@"(?m)^USER [1-9]\d*$", last);
        Assert.Matches("(?m)^HEALTHCHECK .*\"health\"]$", last);
        Assert.Matches("(?m)^CMD \\[\"--migrate\"]$", last);
    }

    [Fact]
    public void Every_setting_is_documented_and_in_the_example()
    {
        var names = Solution.Sources("src").Select(File.ReadAllText)
            .Where(source => source.Contains("SettingsReader read", StringComparison.Ordinal))
            .SelectMany(source => Reading().Matches(source)).SelectMany(call => Name().Matches(call.Value))
            .Select(name => name.Groups[1].Value)
            .Distinct().ToList();
        Assert.Contains("DATABASE_URL", names);
        Assert.Contains("POSTGRES_USER", names);
        Assert.Contains("Invites:ExpiresIn", names);
        Assert.Contains("Limits:GroupsPerPerson", names);
        var (docs, example) = (Text("docs/settings.md"), Text(".env.example"));
        Assert.All(names, name => Assert.Contains($"`{name}`", docs, StringComparison.Ordinal));
        Assert.All(
            names.Where(name => !Aliases.Contains(name)),
            name => Assert.Matches($"(?m)^(# )?{name.Replace(":", "__", StringComparison.Ordinal)}=", example));
    }

    /// <summary>Other spellings of one in the example, and ASP.NET's own.</summary>
    private static readonly string[] Aliases =
        ["POSTGRES_USERNAME", "POSTGRES_DATABASE", "MONGO_USER", "MONGO_DATABASE", "REDIS_USER", "urls", "http_ports",
            "https_ports"];

    private static string Text(string file) => File.ReadAllText(Path.Combine(Solution.Root, file));

    [GeneratedRegex(@"read\.(?:Text|Number|Port|Required|Origins|ServerUrl)\([^)]*")]
    private static partial Regex Reading();

    [GeneratedRegex("\"([A-Za-z_]+(?::[A-Za-z]+)?)\"")]
    private static partial Regex Name();
}
