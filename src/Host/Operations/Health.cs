using Beat.Messaging.Shared.Events.Persistence;
using Beat.Messaging.Shared.Hosting.Operations;
using Beat.Messaging.Shared.Realtime.Nodes;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Host.Operations;

/// <param name="Status"><c>ok</c>, <c>degraded</c> or <c>down</c>.</param>
/// <param name="Detail">What is the matter, for an operator.</param>
internal sealed record DependencyHealth(string Status, string? Detail = null);

/// <param name="Status"><c>ok</c>; <c>degraded</c> with a dependency away or events parked; <c>draining</c> or <c>down</c> with 503.</param>
internal sealed record HealthResponse(string Status, IReadOnlyDictionary<string, DependencyHealth> Dependencies);

/// <summary>What an orchestrator asks.</summary>
internal static class Health
{
    private const string Ok = "ok";
    private const string Degraded = "degraded";
    private const string Down = "down";
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(1.5);

    /// <summary>Without all of these there is nothing left to serve.</summary>
    private static readonly string[] Stores = ["postgresql", "sqlite", "mongodb", "messages"];

    public static void AddHealth(this IServiceCollection services, StoreLocations locations, bool hasRedis)
    {
        services.AddSingleton<IDependencyCheck>(provider => new DependencyCheck(
            locations.PostgreSql is null ? "sqlite" : "postgresql",
            ct => Task.WhenAll(provider.GetServices<IModuleDatabase>().Take(locations.PostgreSql is null ? int.MaxValue : 1).Select(async database =>
            {
                await using var db = database.Open();
                await db.Database.ExecuteSqlRawAsync("SELECT 1", ct);
            }))));
        services.AddSingleton<IDependencyCheck>(provider => new DependencyCheck("kafka", _ =>
        {
            var kafka = provider.GetRequiredService<KafkaConnection>();
            return kafka.IsReachable ? Task.CompletedTask : throw new InvalidOperationException($"{kafka.Description} does not answer; events wait.");
        }));
        services.AddSingleton<IDependencyCheck>(provider => new DependencyCheck("identity", _ =>
            provider.GetRequiredService<SigningKeys>().Available
                ? Task.CompletedTask
                : throw new InvalidOperationException("No keys could be had of the auth service yet; nobody can come in.")));
        if (hasRedis)
            services.AddSingleton<IDependencyCheck>(provider => new DependencyCheck("redis", _ =>
                provider.GetRequiredService<RedisConnection>().Database.PingAsync()));
    }

    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/health/live", () => TypedResults.Ok(new { Status = Ok }))
            .AllowAnonymous().WithName("Live").WithTags("System").WithSummary("Whether the process runs");
        app.MapGet("/health/ready", Ready)
            .AllowAnonymous().WithName("Ready").WithTags("System")
            .WithSummary("Whether it can serve")
            .Produces<HealthResponse>().Produces<HealthResponse>(StatusCodes.Status503ServiceUnavailable)
            .WithDescription("503 while it drains or nothing can be served; a dependency that is away is `degraded` with 200.");
    }

    private static async Task<IResult> Ready(
        IEnumerable<IDependencyCheck> checks, EventBacklog events, IHostApplicationLifetime lifetime, CancellationToken ct)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return TypedResults.Json(new HealthResponse("draining", new Dictionary<string, DependencyHealth>()), statusCode: 503);
        var asked = checks.Select(check => (check.Name, Answer: RunCheck(() => check.Check(ct))))
            .Append((Name: "events", Answer: RunCheck(() => Parked(events, ct)))).ToList();
        await Task.WhenAll(asked.Select(one => one.Answer));
        var dependencies = asked.OrderBy(one => one.Name, StringComparer.Ordinal).ToDictionary(one => one.Name, one => one.Answer.Result);
        var stores = Stores.Where(dependencies.ContainsKey).Select(name => dependencies[name]).ToList();
        var status = stores.All(store => store.Status == Down) ? Down
            : dependencies.Values.All(dependency => dependency.Status == Ok) ? Ok : Degraded;
        return TypedResults.Json(new HealthResponse(status, dependencies), statusCode: status == Down ? 503 : 200);
    }

    private static async Task Parked(EventBacklog events, CancellationToken ct)
    {
        if (await events.CountParked(ct) is > 0 and var parked)
            throw new ParkedException($"{parked} deliveries are parked: see /dashboard, or the command \"events replay\".");
    }

    private static async Task<DependencyHealth> RunCheck(Func<Task> check)
    {
        try
        {
            await check().WaitAsync(CheckTimeout);
            return new(Ok);
        }
        catch (ParkedException parked)
        {
            return new(Degraded, parked.Message);
        }
        catch (Exception away)
        {
            // Drivers wrap what happened; the innermost says it.
            return new(Down, away.GetBaseException().Message);
        }
    }

    private sealed class ParkedException(string message) : Exception(message);
}
