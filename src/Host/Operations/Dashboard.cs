using Beat.Messaging.Shared.Hosting.Web;

namespace Beat.Messaging.Host.Operations;

/// <param name="Samples">Two minutes of this node, a second each.</param>
/// <param name="ParkedCount">Of which <paramref name="Parked"/> lists the first hundred.</param>
internal sealed record DashboardResponse(
    string Node, IReadOnlyList<DashboardSample> Samples, IReadOnlyList<DashboardBacklog> Backlogs, int ParkedCount,
    IReadOnlyList<ParkedEvent> Parked);

/// <param name="Depth">Deliveries that are owed.</param>
/// <param name="Lag">Age of the oldest, in seconds.</param>
internal sealed record DashboardBacklog(string Module, long Depth, double Lag);

/// <summary>
/// What goes on in this node, for people who run it. The page's files are open; its data is open in development, and for staff
/// elsewhere.
/// </summary>
internal static class Dashboard
{
    public static void AddDashboard(this IServiceCollection services) =>
        services.AddSingleton<DashboardSamples>().AddHostedService(provider => provider.GetRequiredService<DashboardSamples>());

    public static void MapDashboard(this WebApplication app)
    {
        var dashboard = app.MapGroup("/dashboard").AllowAnonymous().ExcludeFromDescription()
            .AddEndpointFilter(async (context, next) =>
            CheckAccess(context.HttpContext, app.Environment) is { } problem ? problem.ToResult() : await next(context));
        dashboard.MapGet("/data", (DashboardSamples samples, BacklogMonitor watch) => TypedResults.Ok(new DashboardResponse(
            Environment.MachineName, samples.Latest,
            [.. watch.Latest.Backlogs.Select(backlog => new DashboardBacklog(backlog.Module, backlog.Depth, watch.Lag(backlog)))],
            watch.Latest.ParkedCount, watch.Latest.Parked)));
        dashboard.MapPost(
            "/replay", async (
                BacklogMonitor watch, CancellationToken ct) => TypedResults.Ok(new { Replayed = await watch.Replay(ct) }));
    }

    private static Problem? CheckAccess(HttpContext context, IHostEnvironment environment)
    {
        if (environment.IsDevelopment())
            return null;
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return context.User.FindCaller() switch
        {
            null => Problems.Unauthorized,
            { IsStaff: false } => Problems.Forbidden.WithDetail("Only staff may see the dashboard."),
            _ => null,
        };
    }
}
