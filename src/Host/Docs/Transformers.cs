using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Beat.Messaging.Shared.Hosting.Web;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Beat.Messaging.Host.Docs;

/// <summary>What the service is, how to get in, and the one shape of refusals.</summary>
internal sealed class ServiceDescription : IOpenApiDocumentTransformer
{
    public const string Scheme = "bearer";
    public const string Problem = "Problem";

    public Task TransformAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Beat Messaging",
            Version = "1",
            Description =
                "Group messaging for communities that lend each other garments.\n\n"
                + "Every route answers under `/api` and `/api/v1`. Get a token (in development from `POST /dev/tokens`), press *Authorize*, and try. "
                + "Errors are `application/problem+json`; `code` is what to switch on. The realtime side is the SignalR hub at `/hubs/messaging`.",
        };
        document.Servers = [];
        var components = document.Components ??= new OpenApiComponents();
        components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "An access token of the platform's auth service; in development of `POST /dev/tokens`.",
            },
        };
        components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        components.Schemas[Problem] = ProblemSchema();
        foreach (var schema in components.Schemas.Values)
            JoinLines(schema);
        return Task.CompletedTask;
    }

    /// <summary>Where the lines of a comment end in the code says nothing.</summary>
    private static void JoinLines(IOpenApiSchema schema)
    {
        if (schema is OpenApiSchemaReference reference)
        {
            // Its own, not that of what it refers to.
            if (reference.Reference.Description is { } own)
                reference.Description = XmlDocs.OnOneLine(own);
            return;
        }
        if (schema.Description is { } description)
            schema.Description = XmlDocs.OnOneLine(description);
        foreach (var part in (schema.Properties?.Values ?? []).Concat(schema.AnyOf ?? []).Concat(schema.OneOf ?? []).Concat(schema.AllOf ?? []))
            JoinLines(part);
        if (schema.Items is { } items)
            JoinLines(items);
    }

    private static OpenApiSchema ProblemSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "RFC 9457, with `code` to switch on.",
        Required = new HashSet<string> { "type", "title", "status", "code" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = Text("urn:beat:messaging:<code>"),
            ["title"] = Text("The same for every problem of that code."),
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
            ["detail"] = Text("About this one, for a person to read."),
            ["instance"] = Text("The path."),
            ["code"] = Text("Stable, snake_case."),
            ["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "Field → what is wrong with it.",
                AdditionalProperties =
                    new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
            },
            ["retry_after"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "Seconds; with 429 and 503." },
            ["trace_id"] = Text("To find it in the logs."),
        },
    };

    private static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };
}

/// <summary>Scopes and refusals of each operation, from the metadata that enforces them.</summary>
internal sealed class OperationDescription(IEnumerable<ParameterDescription> descriptions) : IOpenApiOperationTransformer
{
    public Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var scopes = metadata.OfType<RequiredScope>().FirstOrDefault();
        var problems = metadata.OfType<RefusesMetadata>().SelectMany(refuses => refuses.Problems).ToList();
        if (scopes is not null)
        {
            operation.Security =
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(
                    ServiceDescription.Scheme, context.Document)] = [] },
            ];
            operation.Description = $"{operation.Description}\n\nScope: `{string.Join("` or `", scopes.AnyOf)}`.".Trim();
            problems.InsertRange(0, [Problems.Unauthorized, Problems.ScopeMissing(scopes.AnyOf[0])]);
            problems.AddRange([Problems.StoreUnavailable, Problems.IdentityUnavailable]);
        }
        if (operation.RequestBody is not null)
            problems.InsertRange(0, [Problems.MalformedJson, Problems.UnsupportedMediaType, Problems.PayloadTooLarge]);
        if (operation.RequestBody is not null || operation.Parameters is { Count: > 0 })
            problems.Insert(0, Problems.ValidationError);
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            parameter.Description ??= descriptions.FirstOrDefault(of => of.Name == parameter.Name)?.Description
                ?? Describe(parameter.Name);
            if (parameter is { Name: "limit", Schema: OpenApiSchema limit })
                (limit.Minimum, limit.Maximum) = ("1", $"{PageRequest.MaxLimit}");
        }

        operation.Responses ??= [];
        foreach (var status in problems.GroupBy(problem => problem.Status))
        {
            var codes = status.Select(problem => problem.Code).Distinct().ToList();
            operation.Responses[status.Key.ToString(System.Globalization.CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = string.Join(
                    "; ", status.DistinctBy(problem => problem.Code).Select(problem => $"`{problem.Code}`: {problem.Title}")),
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/problem+json"] = new()
                    {
                        Schema = new OpenApiSchemaReference(ServiceDescription.Problem, context.Document),
                        Example = new JsonObject
                        {
                            ["type"] = $"urn:beat:messaging:{codes[0]}",
                            ["title"] = status.First().Title,
                            ["status"] = status.Key,
                            ["code"] = codes[0],
                        },
                    },
                },
            };
        }
        return Task.CompletedTask;
    }

    /// <summary>What is the same in all modules.</summary>
    private static string? Describe(string? parameter) => parameter switch
    {
        "id" => "UUID.",
        "limit" => "1 to 100, 20 unless told.",
        "after" => "Go on: the `next_cursor` of the page before (of messages: a seq; newer ones come).",
        "before" => "Go back: the `prev_cursor` of the page before (of messages: a seq; older ones come).",
        "search" => "Of the name, whatever its case and accents; of messages: words, or how they begin.",
        "Idempotency-Key" => "1 to 128 printable ASCII characters; makes the request safe to repeat.",
        "If-None-Match" => "`ETag`s that the client has, compared weakly, or `*`: 304 when one of them is still right.",
        "If-Match" => "The `ETag` that the change is for.",
        _ => null,
    };
}

/// <summary>The binder's rules, as a schema says them.</summary>
internal sealed class SchemaRules : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var rule in context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(ValidationAttribute), true)
            ?? [])
        {
            switch (rule)
            {
                case TextLengthAttribute text:
                    (schema.MinLength, schema.MaxLength) = (text.Minimum, text.Maximum);
                    break;
                case HttpsUrlAttribute url:
                    (schema.Format, schema.MaxLength) = ("uri", url.Maximum);
                    break;
                case AtMostAttribute atMost:
                    schema.MaxItems = atMost.Maximum;
                    break;
                case ClientIdAttribute:
                    (schema.MinLength, schema.MaxLength, schema.Pattern) = (1, 128, "^[ -~]+$");
                    break;
                case BetweenAttribute between:
                    (schema.Minimum, schema.Maximum) = (
                        between.Minimum.ToString(System.Globalization.CultureInfo.InvariantCulture),
                        between.Maximum.ToString(System.Globalization.CultureInfo.InvariantCulture));
                    break;
            }
        }
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type.Name.EndsWith("Request", StringComparison.Ordinal))
            schema.AdditionalPropertiesAllowed = false;
        // Converters say nothing of what they write: it is text, and a role of an invite may come as a number, too.
        if (type == typeof(DateTimeOffset) || type.IsEnum)
            schema.Type = JsonSchemaType.String | (type != context.JsonTypeInfo.Type ? JsonSchemaType.Null : 0);
        if (type.IsEnum && type.IsDefined(typeof(AlsoByNumberAttribute), false))
        {
            schema.Type |= JsonSchemaType.Integer;
            schema.Enum = [.. schema.Enum ?? [], .. Enum.GetValues(type).Cast<int>().Select(number => (JsonNode)number)];
        }
        return Task.CompletedTask;
    }
}
