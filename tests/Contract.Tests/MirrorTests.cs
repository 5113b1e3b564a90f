using System.Text.Json;
using System.Text.RegularExpressions;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Hosting.Json;

namespace Beat.Messaging.Contract.Tests;

/// <summary>What really came to Kafka is what was frozen.</summary>
[Collection(nameof(ContractScenario))]
public sealed partial class MirrorTests(ContractScenario scenario)
{
    public static TheoryData<string> Modules => [.. Scenarios.All.Select(scenario => scenario.Module)];

    [Fact]
    public void Every_module_has_a_scenario() => Assert.All(Host.Modules.All, module => Assert.True(
        Scenarios.All.Any(scenario => scenario.Module == module.Name),
        $"The module {module.Name} has no scenario: make {Scenarios.FileOf(module.Name)} with a ModuleScenario, and name its project in the solution."));

    [Theory, MemberData(nameof(Modules))]
    public void A_modules_story_holds_every_event(string module)
    {
        Assert.NotNull(scenario.Of(module));
        var expected = EventTests.Mirrored.Where(e => e.Module == module && EventTests.SampleOf(e.WireName).NotInStory is null)
            .Select(e => e.WireName);
        var missing = expected.Except(scenario.Mirrored.Select(mirrored => TypeOf(mirrored.Record))).Order();
        Assert.True(
            !missing.Any(),
            $"These did not happen; have them happen in {nameof(ModuleScenario.Tell)} of {Scenarios.FileOf(module)}: {string.Join(", ", missing)}");
    }

    [Fact]
    public void Payloads_have_the_fields_of_their_samples() => Assert.All(scenario.Mirrored, mirrored => Assert.Equal(
        EventTests.FieldsOf(TypeOf(mirrored.Record)),
        mirrored.Record["value"]!["payload"]!.AsObject().Select(field => field.Key)));

    [Fact]
    public void Records_are_on_the_topic_and_under_the_key_that_their_module_registered() =>
        Assert.All(scenario.Mirrored, mirrored =>
    {
        var value = mirrored.Record["value"]!;
        var registered = EventTests.Mirrored.Single(e => e.WireName == TypeOf(mirrored.Record));
        var key = registered.Key((IIntegrationEvent)value["payload"].Deserialize(registered.Type, WireJson.Options)!);
        Assert.Equal(registered.Topic, mirrored.Topic);
        Assert.Equal(key, (string?)value["key"]);
        Assert.Equal(key, (string?)mirrored.Record["key"]);
    });

    [Fact]
    public void Headers_are_those_of_the_platform() => Assert.All(scenario.Mirrored, mirrored =>
    {
        var (headers, value) = (mirrored.Record["headers"]!, mirrored.Record["value"]!);
        Assert.Equal(TypeOf(mirrored.Record), (string?)headers["event-type"]);
        Assert.Equal((string?)value["metadata"]!["event_id"], (string?)headers["event-id"]);
        Assert.Equal("messaging_service", (string?)headers["source"]);
        Assert.Equal("application/json", (string?)headers["content-type"]);
    });

    [Fact]
    public void Every_aggregate_is_named_and_counted()
    {
        Assert.NotEmpty(scenario.Mirrored);
        Assert.All(scenario.Mirrored, mirrored =>
        {
            var payload = mirrored.Record["value"]!["payload"]!;
            var named = (string?)mirrored.Record["value"]!["metadata"]!["aggregate_id"];
            if (EventTests.SampleOf(TypeOf(mirrored.Record)).Aggregate is { } expected)
                Assert.Equal(Field().Replace(expected, field => (string)payload[field.Groups[1].Value]!), named);
            else
                Assert.DoesNotContain(Guid.Parse(named!).ToString(), payload.ToJsonString(), StringComparison.Ordinal);
        });
        // Nothing else makes an event of these: without gaps, from 1.
        foreach (var aggregate in scenario.Mirrored.GroupBy(
            mirrored => (string)mirrored.Record["value"]!["metadata"]!["aggregate_id"]!))
        {
            var versions = aggregate.Select(mirrored => (long)mirrored.Record["value"]!["metadata"]!["aggregate_version"]!);
            Assert.Equal(Enumerable.Range(1, aggregate.Count()).Select(version => (long)version), versions);
        }
    }

    private static string TypeOf(JsonNode record) => (string)record["value"]!["event_type"]!;

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Field();
}
