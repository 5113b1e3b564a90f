using System.Diagnostics.Metrics;
using Beat.Messaging.Shared.Hosting.Operations;
using Beat.Messaging.Shared.Realtime;

namespace Beat.Messaging.Host.Operations;

/// <summary>What is owed, as of the last look.</summary>
internal sealed record BacklogSnapshot(IReadOnlyList<Backlog> Backlogs, int ParkedCount, IReadOnlyList<ParkedEvent> Parked);

/// <summary>
/// Looks every few seconds at what is owed, for metrics and the dashboard: neither makes a store work for everybody who looks.
/// Every node sees the same, since the stores are shared.
/// </summary>
internal sealed partial class BacklogMonitor : BackgroundService
{
    private const int MaxListed = 100;
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(5);

    private readonly EventBacklog events;
    private readonly TimeProvider time;
    private readonly ILogger<BacklogMonitor> log;
    private readonly Meter meter = new(Telemetry.Name);
    private volatile BacklogSnapshot latest = new([], 0, []);

    public BacklogMonitor(EventBacklog events, GroupFeed feed, TimeProvider time, ILogger<BacklogMonitor> log)
    {
        (this.events, this.time, this.log) = (events, time, log);
        meter.CreateObservableGauge("beat.connections", () => feed.ConnectionCount, "{connection}", "Connections to the hub.");
        meter.CreateObservableGauge(
            "beat.groups.subscribed", () => feed.SubscribedGroups.Count, "{group}",
            "Groups that somebody on this node listens to.");
        meter.CreateObservableGauge(
            "beat.outbox.depth", () => ByModule(backlog => (double)backlog.Depth), "{delivery}", "Deliveries that are owed.");
        meter.CreateObservableGauge("beat.outbox.lag", () => ByModule(Lag), "s", "Age of the oldest event that is owed.");
        meter.CreateObservableGauge(
            "beat.events.parked", () => latest.ParkedCount, "{delivery}", "Deliveries that failed for good.");
    }

    public BacklogSnapshot Latest => latest;

    /// <summary>Seconds.</summary>
    public double Lag(Backlog backlog) =>
        backlog.Oldest is { } oldest ? Math.Max(0, (time.GetUtcNow() - oldest).TotalSeconds) : 0;

    /// <summary>Gives what is parked another round, and looks again.</summary>
    public async Task<int> Replay(CancellationToken ct)
    {
        var replayed = await events.Replay(ct);
        await ReadBacklogs(ct);
        return replayed;
    }

    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(PollInterval, time);
        var isSeen = true;
        do
        {
            try
            {
                await ReadBacklogs(stoppingToken);
                isSeen = true;
            }
            catch (Exception away) when (!stoppingToken.IsCancellationRequested)
            {
                // Once for each absence.
                if (isSeen)
                    LogUnseen(away);
                isSeen = false;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ReadBacklogs(CancellationToken ct) =>
        latest = new BacklogSnapshot(await events.Read(ct), await events.CountParked(ct), await events.ReadParked(MaxListed, ct));

    private IEnumerable<Measurement<double>> ByModule(Func<Backlog, double> value) =>
        latest.Backlogs.Select(
            backlog => new Measurement<double>(value(backlog), new KeyValuePair<string, object?>("module", backlog.Module)));

    [LoggerMessage(30, LogLevel.Warning, "What is owed could not be read; metrics and dashboard show the last that was")]
    private partial void LogUnseen(Exception failure);
}
