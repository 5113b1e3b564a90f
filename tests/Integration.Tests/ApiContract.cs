using System.Collections.Concurrent;
using Json.Schema;

namespace Beat.Messaging.Integration.Tests;

/// <summary>
/// The OpenAPI document that a service serves, and whether its answers keep to it: the checks of schemathesis
/// (<c>not_a_server_error</c>, <c>status_code_conformance</c>, <c>content_type_conformance</c>,
/// <c>response_schema_conformance</c>), which cannot itself be had where only the registries of NuGet, npm and Debian are
/// reached.
/// </summary>
internal sealed class ApiContract
{
    private static readonly EvaluationOptions Verdict =
        new() { OutputFormat = OutputFormat.Flag, RequireFormatValidation = true };
    private static readonly EvaluationOptions Report = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };

    private readonly JsonNode components;
    private readonly ConcurrentDictionary<JsonNode, string> texts = new();
    private readonly ConcurrentDictionary<string, JsonSchema> schemas = new();

    private ApiContract(JsonNode document)
    {
        components = document["components"]!["schemas"]!;
        Operations =
        [
            .. document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject(), (path, operation) =>
                new ApiOperation(operation.Key.ToUpperInvariant(), path.Key, operation.Value!.AsObject())),
        ];
    }

    public IReadOnlyList<ApiOperation> Operations { get; }

    public static async Task<ApiContract> Of(Service service) =>
        new(JsonNode.Parse(await service.Anonymous.GetStringAsync("/openapi/v1.json"))!);

    /// <param name="route">As in <see cref="RestRow"/>.</param>
    public ApiOperation Operation(string route) =>
        Operations.Single(operation => operation.Name == route.Replace(" ", " /api", StringComparison.Ordinal));

    /// <summary>What an answer has that the document does not allow; null when it keeps to it.</summary>
    public string? Violation(ApiOperation operation, int status, string? contentType, string body)
    {
        if (status >= 500)
            return $"{status}: {body}";
        if (operation.Definition["responses"]![$"{status}"] is not { } documented)
            return $"{status} is not documented: {body}";
        if (documented["content"]?.AsObject() is not { Count: > 0 } contents)
            return body.Length == 0 ? null : $"{status} is documented without a body, and has {contentType} {body}";
        var type = contentType?.Split(';')[0];
        if (type is null || contents[type] is not { } content)
            return $"{status} of the type {contentType} is not documented: {body}";
        if (type.EndsWith("json", StringComparison.Ordinal) && type != "application/x-ndjson" && content["schema"] is { } schema)
            return Fault(schema, JsonNode.Parse(body)) is { } fault ? $"{status} is not of its schema ({fault}): {body}" : null;
        return null;
    }

    /// <summary>Whether a value is not of the schema.</summary>
    public bool Violates(JsonNode schema, JsonNode? value)
    {
        try
        {
            return !Evaluate(schema, value, Verdict).IsValid;
        }
        catch (FormatException)
        {
            // A number that the validator cannot hold is beyond every bound.
            return true;
        }
    }

    /// <summary>Where a value is not of the schema; null when it is.</summary>
    private string? Fault(JsonNode schema, JsonNode? value) => Violates(schema, value)
        ? string.Join("; ", Evaluate(schema, value, Report).Details
            .Where(detail => detail.HasErrors)
            .Select(detail => $"{detail.InstanceLocation} {string.Join(", ", detail.Errors!.Values)}"))
        : null;

    private EvaluationResults Evaluate(JsonNode schema, JsonNode? value, EvaluationOptions options)
    {
        var known = schemas.GetOrAdd(texts.GetOrAdd(schema, node => node.ToJsonString()), text => JsonSchema.FromText(Local(
            new JsonObject
            {
                ["allOf"] = new JsonArray(JsonNode.Parse(text)),
                ["$defs"] = components.DeepClone()
            }.ToJsonString())));
        // One that is first used by several at once is prepared by each of them.
        lock (known)
            return known.Evaluate(value, options);
    }

    /// <summary>The schema behind a reference, or the first of what may be chosen that is not null.</summary>
    public JsonObject Resolve(JsonNode schema)
    {
        if ((string?)schema["$ref"] is { } reference)
            return components[reference.Split('/')[^1]]!.AsObject();
        return schema["oneOf"] is JsonArray choice
            ? Resolve(choice.First(one => (string?)one!["type"] != "null")!)
            : schema.AsObject();
    }

    private static string Local(string schema) => schema.Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal);
}

/// <param name="Path">With its parameters in braces.</param>
internal sealed record ApiOperation(string Method, string Path, JsonObject Definition)
{
    public string Name => $"{Method} {Path}";

    public IEnumerable<ApiParameter> Parameters => (Definition["parameters"]?.AsArray() ?? []).Select(parameter =>
        new ApiParameter((string)parameter!["name"]!, (string)parameter["in"]!, parameter["schema"]!));

    public JsonNode? Body => Definition["requestBody"]?["content"]?["application/json"]?["schema"];
}

/// <param name="In"><c>path</c>, <c>query</c> or <c>header</c>.</param>
internal sealed record ApiParameter(string Name, string In, JsonNode Schema)
{
    /// <summary>Text of an address or a header as the JSON that the schema speaks of.</summary>
    public JsonNode? Read(string text) => (string?)Schema["type"] switch
    {
        "integer" when long.TryParse(text, out var number) => number,
        "boolean" when bool.TryParse(text, out var flag) => flag,
        _ => text,
    };
}
