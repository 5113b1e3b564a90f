using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Beat.Messaging.Shared.Hosting.Operations;

/// <summary>
/// What the service measures of itself, beside what modules measure with a meter of this name; ASP.NET measures requests and
/// connections. Names and units are those of OpenTelemetry.
/// </summary>
public static class Telemetry
{
    public const string Name = "Beat.Messaging";

    public const string StoreDurationName = "beat.store.duration";

    private static readonly Meter Meter = new(Name);

    /// <summary>Spans of what no request caused.</summary>
    public static readonly ActivitySource Traces = new(Name);

    public static readonly Counter<long> Deliveries = Meter.CreateCounter<long>(
        "beat.deliveries", "{push}", "Pushes handed to connections.");

    public static readonly Counter<long> KafkaConsumed = Meter.CreateCounter<long>(
        "beat.kafka.consumed", "{record}", "Records of other services that were handled.");

    public static readonly Counter<long> KafkaSkipped = Meter.CreateCounter<long>(
        "beat.kafka.skipped", "{record}", "Records that are not for this service; reason: ours, unknown_type, tombstone.");

    public static readonly Counter<long> KafkaDeadLettered = Meter.CreateCounter<long>(
        "beat.kafka.dead_lettered", "{record}", "Records that could not be handled.");

    private static readonly Histogram<double> StoreDuration = Meter.CreateHistogram(
        StoreDurationName, "s",
        "A read or a committed change of a module's store; store names the module, or the message store as history.", tags: null,
        new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
            0.5, 1, 2]
        });

    /// <param name="started">Of <see cref="Stopwatch.GetTimestamp"/>.</param>
    public static void StoreAnswered(string store, long started) =>
        StoreDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("store", store));
}
