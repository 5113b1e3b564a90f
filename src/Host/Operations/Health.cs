using Beat.Messaging.Shared.Events.Persistence;
using Beat.Messaging.Shared.Hosting.Operations;
using Beat.Messaging.Shared.Realtime.Nodes;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Beat.Messaging.Host.Operations;

/// <param name="Status"><c>ok</c>, <c>degraded</c> or <c>down</c>.</param>
/// <param name="Detail">What is the matter, for an operator.</param>
internal sealed record DependencyHealth(string Status, string? Detail = null);

/// <param name="Status"><c>ok</c>; <c>degraded</c> with a dependency away or events parked; <c>draining</c> or <c>down</c> with
/// 503.</param>
internal sealed record HealthResponse(string Status, IReadOnlyDictionary<string, DependencyHealth> Dependencies);

/// <summary>What an orchestrator asks.</summary>
internal static class Health
{
    private const string Ok = "ok";
    private const string Degraded = "degraded";
    private const string Down = "down";

    public static void AddHealth(this IServiceCollection services, StoreLocations locations, bool hasRedis)
    {
        var checks = services.AddHealthChecks()
            .Add(DependencyCheck.Of(
                locations.PostgreSql is null ? "sqlite" : "postgresql",
                (provider, ct) => Task.WhenAll(provider.GetServices<IModuleDatabase>()
                    // In PostgreSQL all modules share a database.
                    .Take(locations.PostgreSql is null ? int.MaxValue : 1)
                    .Select(async database =>
                    {
                        await using var db = database.Open();
                        await db.Database.ExecuteSqlRawAsync("SELECT 1", ct);
                    })),
                DependencyCheck.Store))
            .Add(DependencyCheck.Of("kafka", (provider, _) =>
            {
                var kafka = provider.GetRequiredService<KafkaConnection>();
                return kafka.IsReachable
                    ? Task.CompletedTask
                    : throw new InvalidOperationException($"{kafka.Description} does not answer; events wait.");
            }))
            .Add(DependencyCheck.Of("identity", (provider, _) => provider.GetRequiredService<SigningKeys>().Available
                ? Task.CompletedTask
                : throw new InvalidOperationException("No keys could be had of the auth service yet; nobody can come in.")))
            .Add(DependencyCheck.Of("events", CheckParked));
        if (hasRedis)
            checks.Add(
                DependencyCheck.Of(
                    "redis", (provider, _) => provider.GetRequiredService<RedisConnection>().Database.PingAsync()));
        // Whoever asks is told; a log line for each time that somebody asks would be one every few seconds.
        services.Configure<LoggerFilterOptions>(
            filters => filters.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None));
    }

    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/health/live", () => TypedResults.Ok(new { Status = Ok }))
            .AllowAnonymous().WithName("Live").WithTags("System").WithSummary("Whether the process runs");
        app.MapHealthChecks("/health/ready", new HealthCheckOptions
        {
            // Who drains asks nobody any more.
            Predicate = _ => !IsDraining(app.Services),
            ResponseWriter = Write,
            AllowCachingResponses = true,
        })
            .AllowAnonymous().WithName("Ready").WithTags("System")
            .WithSummary("Whether it can serve")
            .WithDescription("503 while it drains or nothing can be served; a dependency that is away is `degraded` with 200.")
            .WithMetadata(
                new HttpMethodMetadata([HttpMethods.Get]),
                new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(HealthResponse), ["application/json"]),
                new ProducesResponseTypeMetadata(
                    StatusCodes.Status503ServiceUnavailable, typeof(HealthResponse), ["application/json"]),
                // The documentation lists what has a method.
                typeof(HealthCheckMiddleware).GetMethod(nameof(HealthCheckMiddleware.InvokeAsync))!);
    }

    private static bool IsDraining(IServiceProvider services) =>
        services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested;

    private static Task Write(HttpContext context, HealthReport report)
    {
        var dependencies = report.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .ToDictionary(entry => entry.Key, entry => new DependencyHealth(Show(entry.Value.Status), entry.Value.Description));
        var stores = report.Entries.Values.Where(entry => entry.Tags.Contains(DependencyCheck.Store));
        var status = IsDraining(context.RequestServices) ? "draining"
            : stores.All(store => store.Status == HealthStatus.Unhealthy) ? Down
            : report.Status == HealthStatus.Healthy ? Ok
            : Degraded;
        return TypedResults.Json(new HealthResponse(status, dependencies), statusCode: status is Ok or Degraded ? 200 : 503)
            .ExecuteAsync(context);
    }

    private static string Show(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => Ok,
        HealthStatus.Degraded => Degraded,
        _ => Down,
    };

    private static async Task<HealthCheckResult> CheckParked(IServiceProvider provider, CancellationToken ct)
    {
        var parked = await provider.GetRequiredService<EventBacklog>().CountParked(ct);
        return parked == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded($"{parked} deliveries are parked: see /dashboard, or the command \"events replay\".");
    }
}
