using System.Text.Json;
using Scalar.AspNetCore;

namespace Beat.Messaging.Host.Docs;

/// <summary>The OpenAPI document and the page to try it; the AsyncAPI document of what goes over Kafka.</summary>
internal static class ApiDocs
{
    public static void AddDocs(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.OpenApiVersion = Microsoft.OpenApi.OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer<ServiceDescription>();
        options.AddOperationTransformer<OperationDescription>();
        options.AddSchemaTransformer<SchemaRules>();
    });

    public static void MapDocs(this WebApplication app)
    {
        app.MapOpenApi().AllowAnonymous();
        app.MapScalarApiReference(
            "/scalar", options => options.WithTitle("Beat Messaging").WithOpenApiRoutePattern("/openapi/{documentName}.json"))
            .AllowAnonymous();
        app.MapGet("/asyncapi.json", (IEnumerable<EventRegistration> events, IEnumerable<KafkaTopic> topics) =>
            TypedResults.Json(AsyncApi.Document(events, topics), JsonSerializerOptions.Default)).AllowAnonymous()
                .ExcludeFromDescription();
        // Where the old service had its docs.
        foreach (var path in new[] { "/api/swagger", "/swagger" })
            app.MapGet(path, () => Results.Redirect("/scalar")).AllowAnonymous().ExcludeFromDescription();
    }
}
