using System.Diagnostics;
using System.Text.Json;
using System.Text.Unicode;
using Beat.Messaging.Shared.Events.Persistence;
using Beat.Messaging.Shared.Hosting.Operations;
using Beat.Messaging.Shared.Hosting.Time;
using Beat.Messaging.Shared.Hosting.Web;
using Confluent.Kafka;
using Microsoft.Extensions.Hosting;

namespace Beat.Messaging.Shared.Events.Kafka;

/// <summary>
/// Reads one topic for one module, a record at a time: trace, retry, dead letter, handler. An offset is stored only after the
/// effect is durable or the record is among the dead letters, so nothing is lost and nothing stops a partition.
/// </summary>
internal sealed partial class KafkaConsumer(
    KafkaTopic topic, KafkaConnection kafka, KafkaMirror mirror, IServiceProvider services, TimeProvider time,
    ILogger<KafkaConsumer> log) : IHostedService, IDisposable
{
    /// <summary>Tries of a record whose failure may pass, before it goes to the dead letters.</summary>
    public const int MaxAttempts = 5;

    /// <summary>How much faster than this one the clocks of other services may go.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource stopping = new();
    private Task reading = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // A thread of its own: the client's Consume blocks.
        reading = Task.Factory.StartNew(ReadAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await reading.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => stopping.Dispose();

    private void ReadAll()
    {
        using var consumer = new ConsumerBuilder<string, byte[]>(new ConsumerConfig
        {
            BootstrapServers = kafka.Bootstrap,
            ClientId = EventEnvelope.Source,
            GroupId = topic.Group,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoOffsetStore = false,
            AutoCommitIntervalMs = 1000,
            // Partitions that stay with their consumer go on while others move.
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
            // A topic may be made after this began to look for it.
            TopicMetadataRefreshIntervalMs = 10_000,
            // A handler that waits for its store goes on polling, so that the partition stays here.
            MaxPollIntervalMs = 300_000,
            SessionTimeoutMs = 10_000,
        })
        .SetErrorHandler((_, error) =>
        {
            // That the broker is away is told once, by the connection.
            if (error.Code is not (ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Transport or ErrorCode.Local_Resolve))
                LogError(topic.Topic, error.Reason);
        })
        .SetLogHandler(static (_, _) => { })
        .Build();
        consumer.Subscribe(topic.Topic);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (consumer.Consume(TimeSpan.FromMilliseconds(200)) is { Message: not null } record)
                    Process(consumer, record).GetAwaiter().GetResult();
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (KafkaException fault)
            {
                LogError(topic.Topic, fault.Error.Reason);
                stopping.Token.WaitHandle.WaitOne(Pause);
            }
        }
        consumer.Close();
    }

    private async Task Process(IConsumer<string, byte[]> consumer, ConsumeResult<string, byte[]> record)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await Handle(record, stopping.Token);
                break;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                throw;
            }
            catch (StoreUnavailableException away)
            {
                // Not the record's fault: it waits for the store, however long that is away.
                LogStoreAway(away, topic.Topic);
                attempt--;
                if (!KeepPolling(consumer, record))
                    return;
            }
            catch (Exception failure)
            {
                if (StoreFaults.MayPass(failure) && attempt < MaxAttempts)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(50 << attempt), stopping.Token);
                    continue;
                }
                await DeadLetter(record, failure);
                break;
            }
        }
        try
        {
            consumer.StoreOffset(record);
        }
        catch (KafkaException moved) when (moved.Error.Code == ErrorCode.Local_State)
        {
            // The partition went to somebody else meanwhile, who reads the record again; its effect is made once all the same.
            LogPartitionMoved(record.Topic, record.Partition.Value, record.Offset.Value);
        }
    }

    /// <summary>Pauses everything while polling, which keeps this consumer in its group.</summary>
    /// <returns>False when the partition went to somebody else, who will read the record.</returns>
    private bool KeepPolling(IConsumer<string, byte[]> consumer, ConsumeResult<string, byte[]> record)
    {
        var assigned = consumer.Assignment;
        consumer.Pause(assigned);
        // A partition that came just now is not paused: its record is for later.
        if (consumer.Consume(Pause) is { Message: not null } other)
            consumer.Seek(other.TopicPartitionOffset);
        stopping.Token.ThrowIfCancellationRequested();
        if (!consumer.Assignment.Contains(record.TopicPartition))
            return false;
        consumer.Resume(consumer.Assignment);
        return true;
    }

    private async Task Handle(ConsumeResult<string, byte[]> record, CancellationToken ct)
    {
        if (DeadLetters.Header(record, "source") == EventEnvelope.Source)
        {
            Skip("ours");
            return;
        }
        if (record.Message.Value is not { } value)
        {
            Skip("tombstone");
            return;
        }
        using var json = Parse(value);
        var envelope = Binder.Bind<Envelope>(json.RootElement, ignoresUnknown: true).Value;
        if (envelope.Metadata?.Source == EventEnvelope.Source)
        {
            Skip("ours");
            return;
        }
        if (topic.Find(envelope.EventType) is not { } handle)
        {
            Skip("unknown_type");
            return;
        }
        if (envelope.Payload is not { } payload)
            throw new ProblemException(Problems.Validation("payload", "is required"));
        using var activity = Telemetry.Traces.StartActivity(
            $"{topic.Topic} {envelope.EventType}", ActivityKind.Consumer,
            ActivityContext.TryParse(DeadLetters.Header(record, "traceparent"), null, out var parent) ? parent : default);
        var (occurredAt, now) = (envelope.OccurredAt ?? record.Message.Timestamp.UtcDateTime, time.Now());
        await handle(services, payload, InboxIdOf(record, envelope), occurredAt > now + ClockSkew ? now : occurredAt, ct);
        Telemetry.KafkaConsumed.Add(1);
    }

    /// <exception cref="JsonException">It is no JSON, or not in UTF-8; a byte order mark before it is passed over.</exception>
    private static JsonDocument Parse(ReadOnlyMemory<byte> value)
    {
        if (value.Span.StartsWith("\uFEFF"u8))
            value = value[3..];
        if (!Utf8.IsValid(value.Span))
            throw new JsonException("The value is not UTF-8.");
        try
        {
            return JsonDocument.Parse(value, Binder.DocumentOptions);
        }
        catch (InvalidOperationException)
        {
            throw new JsonException("The name of a field has a surrogate that stands alone.");
        }
    }

    private static void Skip(string reason) => Telemetry.KafkaSkipped.Add(1, new KeyValuePair<string, object?>("reason", reason));

    private string InboxIdOf(ConsumeResult<string, byte[]> record, Envelope envelope)
    {
        if ((envelope.Metadata?.EventId ?? DeadLetters.Header(record, DeadLetters.EventId)) is { Length: > 0 } eventId)
        {
            return ClientIdAttribute.IsValidId(eventId)
                ? eventId
                : throw new ProblemException(Problems.Validation("event_id", ClientIdAttribute.Rule));
        }
        return kafka.BrokerId is { } broker
            ? DeadLetters.PositionOf(broker, record.Topic, $"{record.Partition.Value}", $"{record.Offset.Value}")
            : throw new StoreUnavailableException("The cluster has not told its id yet.");
    }

    private async Task DeadLetter(ConsumeResult<string, byte[]> record, Exception failure)
    {
        var code = failure switch
        {
            ProblemException refused => refused.Problem.Code,
            JsonException => "malformed",
            _ => "failed",
        };
        LogDeadLettered(failure, record.Topic, record.Partition.Value, record.Offset.Value, code);
        while (true)
        {
            try
            {
                await mirror.Write(
                    DeadLetters.TopicOf(record.Topic), DeadLetters.Of(record, code, Detail(failure)), stopping.Token);
                Telemetry.KafkaDeadLettered.Add(1);
                return;
            }
            catch (KafkaException away) when (away.Error.Code is not ErrorCode.MsgSizeTooLarge)
            {
                LogError(topic.Topic, away.Error.Reason);
                await Task.Delay(Pause, stopping.Token);
            }
        }
    }

    /// <summary>What was wrong, field by field where it is known.</summary>
    private static string Detail(Exception failure) => failure is ProblemException { Problem.Errors: { } errors }
        ? string.Join("; ", errors.Select(field => $"{field.Key} {string.Join(", ", field.Value)}"))
        : failure.Message;

    [LoggerMessage(420, LogLevel.Warning, "Kafka ({Topic}): {Reason}")]
    private partial void LogError(string topic, string reason);

    [LoggerMessage(421, LogLevel.Warning, "A record of {Topic} waits for its store")]
    private partial void LogStoreAway(Exception away, string topic);

    [LoggerMessage(422, LogLevel.Error, "Record {Topic}[{Partition}]@{Offset} goes to the dead letters: {Code}")]
    private partial void LogDeadLettered(Exception failure, string topic, int partition, long offset, string code);

    [LoggerMessage(
        423, LogLevel.Information, "Record {Topic}[{Partition}]@{Offset} was handled while its partition went to another node")]
    private partial void LogPartitionMoved(string topic, int partition, long offset);

    /// <summary>What the platform's services have in common; the rest of what they write is not read.</summary>
    private sealed record Envelope
    {
        public required string EventType { get; init; }

        public JsonElement? Payload { get; init; }

        public EnvelopeMetadata? Metadata { get; init; }

        public DateTimeOffset? OccurredAt { get; init; }
    }

    private sealed record EnvelopeMetadata
    {
        public string? Source { get; init; }

        public string? EventId { get; init; }
    }
}
