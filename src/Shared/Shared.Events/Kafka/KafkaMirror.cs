using System.Text;
using Confluent.Kafka;

namespace Beat.Messaging.Shared.Events.Kafka;

/// <summary>A record to write, with its value as it stands on the wire.</summary>
/// <param name="Key">Records of one key stay in order.</param>
/// <param name="Value">The envelope, UTF-8 JSON.</param>
public sealed record WireRecord(
    string Topic, string Key, Guid EventId, string EventType, ReadOnlyMemory<byte> Value, string? TraceParent);

public enum MirrorStatus
{
    /// <summary>The broker has it.</summary>
    Acknowledged,

    /// <summary>The record itself can never be accepted, e.g. because it is too large.</summary>
    Rejected,

    /// <summary>The broker is away: it may or may not have it, and it is not the record's fault.</summary>
    Unavailable,
}

public sealed record MirrorOutcome(MirrorStatus Status, string? Reason = null);

/// <summary>Writes events to Kafka: idempotent, acknowledged by all replicas, in order per key.</summary>
public sealed partial class KafkaMirror : IDisposable
{
    private static readonly MirrorOutcome Acknowledged = new(MirrorStatus.Acknowledged);

    private readonly KafkaConnection kafka;
    private readonly ILogger<KafkaMirror> log;
    private readonly Lock gate = new();
    private IProducer<string, byte[]>? producer;

    public KafkaMirror(KafkaConnection kafka, ILogger<KafkaMirror> log) => (this.kafka, this.log) = (kafka, log);

    /// <summary>
    /// Writes the records and waits until the broker has answered for each; while it is away that means waiting for it, or for
    /// <paramref name="ct"/>. The window is the batch: nothing else is in flight for the caller.
    /// </summary>
    public async Task<IReadOnlyList<MirrorOutcome>> Publish(IReadOnlyList<WireRecord> records, CancellationToken ct)
    {
        var outcomes = new MirrorOutcome[records.Count];
        if (records.Count == 0)
            return outcomes;
        var left = records.Count;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var current = Producer();
        for (var i = 0; i < records.Count; i++)
        {
            var index = i;
            try
            {
                await Produce(current, records[i], report => Answer(index, OutcomeOf(report.Error)), ct);
            }
            catch (KafkaException refused)
            {
                Answer(index, OutcomeOf(refused.Error));
            }
        }
        await all.Task.WaitAsync(ct);
        return outcomes;

        void Answer(int index, MirrorOutcome outcome)
        {
            outcomes[index] = outcome;
            if (Interlocked.Decrement(ref left) == 0)
                all.SetResult();
        }
    }

    /// <summary>Writes one record as it is, e.g. a dead letter.</summary>
    /// <exception cref="KafkaException">It cannot be written.</exception>
    internal async Task Write(string topic, Message<string, byte[]> message, CancellationToken ct) =>
        await Producer().ProduceAsync(topic, message, ct);

    public void Dispose()
    {
        // What is not acknowledged is still owed and comes again; waiting here could last for ever.
        producer?.Dispose();
    }

    private static async ValueTask Produce(
        IProducer<string, byte[]> producer, WireRecord record, Action<DeliveryReport<string, byte[]>> answer,
        CancellationToken ct)
    {
        var message =
            new Message<string, byte[]> { Key = record.Key, Value = record.Value.ToArray(), Headers = HeadersOf(record) };
        while (true)
        {
            try
            {
                producer.Produce(record.Topic, message, answer);
                return;
            }
            catch (ProduceException<string, byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
            {
                await Task.Delay(10, ct);
            }
        }
    }

    private static Headers HeadersOf(WireRecord record)
    {
        var headers = new Headers
        {
            { "event-id", Encoding.ASCII.GetBytes(record.EventId.ToString()) },
            { "event-type", Encoding.ASCII.GetBytes(record.EventType) },
            { "source", Encoding.ASCII.GetBytes(EventEnvelope.Source) },
            { "content-type", "application/json"u8.ToArray() },
        };
        if (record.TraceParent is not null)
            headers.Add("traceparent", Encoding.ASCII.GetBytes(record.TraceParent));
        return headers;
    }

    private static MirrorOutcome OutcomeOf(Error error) => error.Code switch
    {
        ErrorCode.NoError => Acknowledged,
        ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.InvalidRecord or ErrorCode.InvalidMsg
            => new MirrorOutcome(MirrorStatus.Rejected, error.Reason),
        _ => new MirrorOutcome(MirrorStatus.Unavailable, error.Reason),
    };

    private IProducer<string, byte[]> Producer()
    {
        lock (gate)
        {
            return producer ??= new ProducerBuilder<string, byte[]>(new ProducerConfig
            {
                BootstrapServers = kafka.Bootstrap,
                ClientId = EventEnvelope.Source,
                EnableIdempotence = true,
                Acks = Acks.All,
                LingerMs = 5,
                // A record never expires while others behind it succeed; the window bounds what waits.
                MessageTimeoutMs = 0,
                CompressionType = CompressionType.None,
            })
            .SetErrorHandler((broken, error) =>
            {
                if (!error.IsFatal)
                    return;
                // Idempotence was lost: a new producer begins a new sequence, and what was in flight is owed still.
                LogFatal(error.Reason);
                lock (gate)
                    producer = null;
                ThreadPool.UnsafeQueueUserWorkItem(static old => old.Dispose(), broken, preferLocal: false);
            })
            .SetLogHandler(static (_, _) => { })
            .Build();
        }
    }

    [LoggerMessage(410, LogLevel.Error, "The Kafka producer failed for good ({Reason}) and is made anew")]
    private partial void LogFatal(string reason);
}
