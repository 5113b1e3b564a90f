namespace Beat.Messaging.Contract.Tests;

/// <summary>The Kafka contract, as the running service describes it.</summary>
[Collection(nameof(ContractScenario))]
public sealed class AsyncApiTests(ContractScenario scenario)
{
    private static string Node => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../Node"));

    [Fact]
    public async Task The_document_is_as_frozen() => Snapshots.Match(await Document());

    [Fact]
    public async Task Every_event_is_in_it_and_nothing_else_is_written()
    {
        var messages = (await Document())["components"]!["messages"]!.AsObject().Select(message => message.Key);
        Assert.Equal(
            EventTests.Mirrored.Select(e => e.WireName).Order(),
            messages.Where(name => name != "dead_letter" && !name.EndsWith(".incoming", StringComparison.Ordinal)).Order());
    }

    [SkippableFact]
    public async Task Its_validator_finds_nothing_wrong_and_every_record_of_the_story_is_as_it_says()
    {
        Tool.Require("node");
        Tool.Require(
            "node", Directory.Exists(Path.Combine(Node, "node_modules")),
            "its packages are missing: run npm ci in tests/Contract.Tests/Node");
        var document = await Document();
        var records = scenario.Mirrored.Select(mirrored => (JsonNode)new JsonObject
        {
            ["event_type"] = (string?)mirrored.Record["value"]!["event_type"],
            ["value"] = mirrored.Record["value"]!.DeepClone(),
        });
        var told = await Validate(document, [.. records]);
        Assert.Equal("[]", told["diagnostics"]!.ToJsonString());
        Assert.Equal("[]", told["invalid"]!.ToJsonString());

        // Both would have been noticed.
        document["operations"]!["write_messaging_events"]!["action"] = "shout";
        var record = scenario.Mirrored.First(
            mirrored => (string?)mirrored.Record["value"]!["event_type"] == "text_message").Record["value"]!.DeepClone();
        record["payload"]!["seq"] = "one";
        told = await Validate(document, [new JsonObject { ["event_type"] = "text_message", ["value"] = record }]);
        Assert.NotEmpty(told["diagnostics"]!.AsArray());
        Assert.Single(told["invalid"]!.AsArray());
    }

    private static async Task<JsonNode> Validate(JsonNode document, JsonArray records) => JsonNode.Parse(await Tool.Run(
        "node", [Path.Combine(Node, "validate.mjs")],
        new JsonObject { ["document"] = document.DeepClone(), ["records"] = records }.ToJsonString()))!;

    private async Task<JsonNode> Document() => JsonNode.Parse(await scenario.Service.Anonymous.GetStringAsync("/asyncapi.json"))!;
}
