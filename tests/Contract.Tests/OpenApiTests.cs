namespace Beat.Messaging.Contract.Tests;

/// <summary>The REST contract, as the running service describes it.</summary>
[Collection(nameof(ContractScenario))]
public sealed class OpenApiTests(ContractScenario scenario)
{
    [Fact]
    public async Task The_document_is_as_frozen() => Snapshots.Match(await Document());

    [Fact]
    public async Task Every_operation_of_the_API_needs_a_token_and_names_its_scope()
    {
        var operations = (await Document())["paths"]!.AsObject()
            .Where(path => path.Key.StartsWith("/api/", StringComparison.Ordinal))
            .SelectMany(
                path => path.Value!.AsObject().Select(operation => (Name: $"{operation.Key} {path.Key}", Is: operation.Value!)))
            .ToList();
        Assert.NotEmpty(operations);
        Assert.All(operations, operation =>
        {
            Assert.True(operation.Is["security"]?.AsArray().Count > 0, operation.Name);
            Assert.Contains("Scope: `", (string?)operation.Is["description"], StringComparison.Ordinal);
            Assert.NotNull((string?)operation.Is["operationId"]);
            Assert.NotNull((string?)operation.Is["summary"]);
        });
    }

    private async Task<JsonNode> Document() =>
        JsonNode.Parse(await scenario.Service.Anonymous.GetStringAsync("/openapi/v1.json"))!;
}
