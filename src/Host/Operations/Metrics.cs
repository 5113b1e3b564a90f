using System.Reflection;
using Beat.Messaging.Shared.Hosting.Operations;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Beat.Messaging.Host.Operations;

/// <summary>
/// Metrics for Prometheus at <c>/metrics</c>; traces and metrics to a collector where OpenTelemetry's own settings name one.
/// </summary>
internal static class Metrics
{
    private const string Path = "/metrics";
    private const string Collector = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>ASP.NET's and the runtime's, PostgreSQL's driver's, and this service's own.</summary>
    private static readonly string[] Meters =
    [
        Telemetry.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel",
        "Microsoft.AspNetCore.Http.Connections", "System.Runtime", "Npgsql",
    ];

    public static void AddMetrics(this WebApplicationBuilder builder)
    {
        var version = typeof(Metrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("beat-messaging", serviceVersion: version))
            .WithMetrics(metrics => metrics.AddMeter(Meters).AddPrometheusExporter());
        if (string.IsNullOrEmpty(builder.Configuration[Collector]))
            return;
        telemetry
            .WithMetrics(metrics => metrics.AddOtlpExporter())
            .WithTracing(traces => traces.AddSource(Telemetry.Name, "Npgsql").AddAspNetCoreInstrumentation().AddOtlpExporter());
    }

    /// <summary>Before everything that asks for a token.</summary>
    public static void UseMetrics(this WebApplication app, MessagingSettings settings)
    {
        var port = settings.MetricsPort;
        app.UseOpenTelemetryPrometheusScrapingEndpoint(context =>
            context.Request.Path == Path && (port is null || context.Connection.LocalPort == port));
        if (port is null)
            return;
        // Nothing else answers at that port.
        app.Use((context, next) =>
        {
            if (context.Connection.LocalPort != port)
                return next(context);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }
}
