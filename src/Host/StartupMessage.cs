using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Beat.Messaging.Host;

/// <summary>What a newcomer sees first: where everything is.</summary>
internal static partial class StartupMessage
{
    public static void Log(WebApplication app)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Beat.Messaging");
        var url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()
            ?? "";
        var address = url.Replace("[::]", "localhost", StringComparison.Ordinal)
            .Replace("0.0.0.0", "localhost", StringComparison.Ordinal);
        LogReady(log, address);
        LogDocs(log, $"{address}/scalar");
        LogHub(log, $"{address}/hubs/messaging");
        LogDashboard(log, $"{address}/dashboard");
        LogBroker(log, app.Services.GetRequiredService<KafkaConnection>().Description);
    }

    [LoggerMessage(1, LogLevel.Information, "Beat Messaging is ready at {Url}")]
    private static partial void LogReady(ILogger log, string url);

    [LoggerMessage(2, LogLevel.Information, "  Docs to try   {Url}")]
    private static partial void LogDocs(ILogger log, string url);

    [LoggerMessage(3, LogLevel.Information, "  SignalR hub   {Url}")]
    private static partial void LogHub(ILogger log, string url);

    [LoggerMessage(5, LogLevel.Information, "  Dashboard     {Url}")]
    private static partial void LogDashboard(ILogger log, string url);

    [LoggerMessage(4, LogLevel.Information, "  Kafka         {Broker}")]
    private static partial void LogBroker(ILogger log, string broker);
}
