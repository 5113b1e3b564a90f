using System.Diagnostics.Metrics;
using Beat.Messaging.Shared.Hosting.Operations;
using Beat.Messaging.Shared.Realtime;

namespace Beat.Messaging.Host.Operations;

/// <summary>
/// One second of this node. Times are milliseconds, null when nothing was measured; lag is seconds; memory is MiB.
/// </summary>
/// <param name="Deliveries">Pushes handed to connections.</param>
/// <param name="HistoryP50">Of writes to the message store.</param>
/// <param name="TablesP50">Of reads and changes of the modules' tables.</param>
/// <param name="Owed">Deliveries that are on their way, of all modules.</param>
internal sealed record DashboardSample(
    DateTimeOffset At, long Requests, int Connections, long Deliveries, long Messages, double? HistoryP50, double? HistoryP99,
    double? TablesP50, double? TablesP99, long Owed, double Lag, double Memory);

/// <summary>
/// The last two minutes of this node, a sample a second, from the same measurements that <c>/metrics</c> tells.
/// </summary>
internal sealed class DashboardSamples : BackgroundService
{
    private const int MaxSamples = 120;
    private const int MaxMeasurements = 10_000;
    private const string MessagesStored = "beat.messages.stored";
    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(1);

    private readonly GroupFeed feed;
    private readonly BacklogMonitor backlog;
    private readonly TimeProvider time;
    private readonly MeterListener listener = new();
    private readonly Lock gate = new();
    private readonly Queue<DashboardSample> samples = new();
    private List<double> history = [];
    private List<double> tables = [];
    private long requests;
    private long deliveries;
    private long messages;

    public DashboardSamples(GroupFeed feed, BacklogMonitor backlog, TimeProvider time)
    {
        (this.feed, this.backlog, this.time) = (feed, backlog, time);
        listener.InstrumentPublished = static (instrument, listening) =>
        {
            if (instrument.Name is "http.server.request.duration" or Telemetry.StoreDurationName
                || instrument == Telemetry.Deliveries || instrument.Name == MessagesStored)
                listening.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>(RecordMeasurement);
        listener.SetMeasurementEventCallback<long>((instrument, count, _, _) =>
            Interlocked.Add(ref instrument == Telemetry.Deliveries ? ref deliveries : ref messages, count));
    }

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<DashboardSample> Latest
    {
        get
        {
            lock (gate)
                return [.. samples];
        }
    }

    public override void Dispose()
    {
        listener.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        listener.Start();
        using var timer = new PeriodicTimer(SampleInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            TakeSample();
    }

    private void RecordMeasurement(
        Instrument instrument, double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (instrument.Name != Telemetry.StoreDurationName)
        {
            Interlocked.Increment(ref requests);
            return;
        }
        lock (gate)
        {
            var times = tags.Length > 0 && tags[0].Value is "history" ? history : tables;
            if (times.Count < MaxMeasurements)
                times.Add(seconds * 1000);
        }
    }

    private void TakeSample()
    {
        var latest = backlog.Latest.Backlogs;
        lock (gate)
        {
            history.Sort();
            tables.Sort();
            samples.Enqueue(new DashboardSample(
                time.GetUtcNow(), Interlocked.Exchange(ref requests, 0), feed.ConnectionCount,
                Interlocked.Exchange(ref deliveries, 0), Interlocked.Exchange(ref messages, 0), Quantile(history, 0.5),
                Quantile(history, 0.99), Quantile(tables, 0.5), Quantile(tables, 0.99), latest.Sum(module => module.Depth),
                latest.Select(backlog.Lag).DefaultIfEmpty().Max(), Environment.WorkingSet / 1024d / 1024));
            if (samples.Count > MaxSamples)
                samples.Dequeue();
            (history, tables) = ([], []);
        }
    }

    private static double? Quantile(List<double> sorted, double at) =>
        sorted.Count == 0 ? null : sorted[(int)(at * (sorted.Count - 1))];
}
