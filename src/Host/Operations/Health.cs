using Beat.Messaging.Shared.Infrastructure.Events;
using Beat.Messaging.Shared.Infrastructure.Kafka;
using Beat.Messaging.Shared.Infrastructure.Persistence;

namespace Beat.Messaging.Host.Operations;

/// <param name="Status"><c>ok</c>, <c>degraded</c> or <c>down</c>.</param>
/// <param name="Detail">What is the matter, for an operator.</param>
internal sealed record DependencyHealth(string Status, string? Detail = null);

/// <param name="Status"><c>ok</c>; <c>degraded</c> with a dependency away or events parked; <c>draining</c> or <c>down</c> with 503.</param>
internal sealed record HealthResponse(string Status, IReadOnlyDictionary<string, DependencyHealth> Dependencies);

/// <summary>What an orchestrator asks.</summary>
internal static class Health
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/health/live", () => TypedResults.Ok(new { Status = "ok" }))
            .AllowAnonymous().WithName("Live").WithTags("System").WithSummary("Whether the process runs");
        app.MapGet("/health/ready", Ready)
            .AllowAnonymous().WithName("Ready").WithTags("System")
            .WithSummary("Whether it can serve")
            .WithDescription("503 while it drains or nothing can be served; a dependency that is away is `degraded` with 200.");
    }

    private static async Task<IResult> Ready(
        IEnumerable<IModuleDatabase> databases, IEnumerable<IParkedEvents> parked, KafkaConnection kafka, IHostApplicationLifetime lifetime,
        CancellationToken ct)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return TypedResults.Json(new HealthResponse("draining", new Dictionary<string, DependencyHealth>()), statusCode: 503);
        var dependencies = new Dictionary<string, DependencyHealth>();
        foreach (var database in databases)
            dependencies[$"store.{database.Module}"] = await Try(async () =>
            {
                await using var db = database.Open();
                return await db.Database.CanConnectAsync(ct) ? new("ok") : new("down", "The database does not answer.");
            });
        dependencies["kafka"] = kafka.IsReachable ? new("ok", kafka.Description) : new("down", $"{kafka.Description} does not answer; events wait.");
        dependencies["events"] = await Try(async () =>
        {
            var count = 0;
            foreach (var source in parked)
                count += await source.Count(ct);
            return count == 0 ? new("ok") : new("degraded", $"{count} deliveries are parked.");
        });
        var stores = dependencies.Where(d => d.Key.StartsWith("store.", StringComparison.Ordinal)).ToList();
        var status = stores.All(d => d.Value.Status == "down") ? "down"
            : dependencies.Values.All(d => d.Status == "ok") ? "ok" : "degraded";
        return TypedResults.Json(new HealthResponse(status, dependencies), statusCode: status == "down" ? 503 : 200);
    }

    private static async Task<DependencyHealth> Try(Func<Task<DependencyHealth>> check)
    {
        try
        {
            return await check().WaitAsync(Patience);
        }
        catch (Exception away)
        {
            return new("down", away.Message);
        }
    }
}
