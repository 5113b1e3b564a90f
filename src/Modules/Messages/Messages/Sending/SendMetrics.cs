using System.Diagnostics.Metrics;
using Beat.Messaging.Shared.Hosting.Operations;

namespace Beat.Messaging.Messages.Sending;

/// <summary>What is measured of sends.</summary>
internal static class SendMetrics
{
    private static readonly Meter Meter = new(Telemetry.Name);

    public static readonly Counter<long> MessagesStored =
        Meter.CreateCounter<long>("beat.messages.stored", "{message}", "Messages stored by this node.");

    public static readonly Histogram<int> MessageBatch = Meter.CreateHistogram(
        "beat.messages.batch_size", "{message}", "Messages that one write stored.", tags: null,
        new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] });
}
