using System.Diagnostics;
using System.Text.Json;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Infrastructure.Events;
using Beat.Messaging.Shared.Infrastructure.Json;
using Beat.Messaging.Shared.Infrastructure.Operations;
using Beat.Messaging.Shared.Infrastructure.Persistence;
using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Shared.Infrastructure.Kafka;

/// <summary>
/// Reads one topic for one module, a record at a time: trace, retry, dead letter, handler. An offset is stored only after the effect
/// is durable or the record is among the dead letters, so nothing is lost and nothing stops a partition.
/// </summary>
internal sealed partial class KafkaConsumer(
    KafkaTopic topic, KafkaConnection kafka, KafkaMirror mirror, IServiceProvider services, ILogger<KafkaConsumer> log) : IHostedService, IDisposable
{
    /// <summary>Tries of a record before it goes to the dead letters.</summary>
    public const int MaxAttempts = 5;

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
                    Take(consumer, record).GetAwaiter().GetResult();
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

    private async Task Take(IConsumer<string, byte[]> consumer, ConsumeResult<string, byte[]> record)
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
                var isForGood = failure is ProblemException or JsonException;
                if (!isForGood && attempt < MaxAttempts)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(50 << attempt), stopping.Token);
                    continue;
                }
                await Bury(record, failure);
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
            LogMoved(record.Topic, record.Partition.Value, record.Offset.Value);
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
            Telemetry.KafkaSkipped.Add(1);
            return;
        }
        var envelope = (record.Message.Value is null ? null : JsonSerializer.Deserialize<Envelope>(record.Message.Value, WireJson.Options))
            ?? throw new JsonException("The record has no value.");
        if (envelope.Metadata?.Source == EventEnvelope.Source || topic.Find(envelope.EventType) is not { } handle)
        {
            Telemetry.KafkaSkipped.Add(1);
            return;
        }
        using var activity = Telemetry.Traces.StartActivity(
            $"{topic.Topic} {envelope.EventType}", ActivityKind.Consumer,
            ActivityContext.TryParse(DeadLetters.Header(record, "traceparent"), null, out var parent) ? parent : default);
        await handle(services, envelope.Payload, InboxIdOf(record, envelope), envelope.OccurredAt ?? record.Message.Timestamp.UtcDateTime, ct);
        Telemetry.KafkaConsumed.Add(1);
    }

    private string InboxIdOf(ConsumeResult<string, byte[]> record, Envelope envelope)
    {
        if ((envelope.Metadata?.EventId ?? DeadLetters.Header(record, DeadLetters.EventId)) is { Length: > 0 } eventId)
            return eventId;
        return kafka.BrokerId is { } broker
            ? DeadLetters.Place(broker, record.Topic, $"{record.Partition.Value}", $"{record.Offset.Value}")
            : throw new StoreUnavailableException("The cluster has not told its id yet.");
    }

    private async Task Bury(ConsumeResult<string, byte[]> record, Exception failure)
    {
        var code = failure switch
        {
            ProblemException refused => refused.Problem.Code,
            JsonException => "malformed",
            _ => "failed",
        };
        LogBuried(failure, record.Topic, record.Partition.Value, record.Offset.Value, code);
        while (true)
        {
            try
            {
                await mirror.Write(DeadLetters.TopicOf(record.Topic), DeadLetters.Of(record, code, failure.Message), stopping.Token);
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

    [LoggerMessage(420, LogLevel.Warning, "Kafka ({Topic}): {Reason}")]
    private partial void LogError(string topic, string reason);

    [LoggerMessage(421, LogLevel.Warning, "A record of {Topic} waits for its store")]
    private partial void LogStoreAway(Exception away, string topic);

    [LoggerMessage(422, LogLevel.Error, "Record {Topic}[{Partition}]@{Offset} goes to the dead letters: {Code}")]
    private partial void LogBuried(Exception failure, string topic, int partition, long offset, string code);

    [LoggerMessage(423, LogLevel.Information, "Record {Topic}[{Partition}]@{Offset} was handled while its partition went to another node")]
    private partial void LogMoved(string topic, int partition, long offset);

    /// <summary>What the platform's services have in common; the rest of what they write is not read.</summary>
    private sealed record Envelope
    {
        public required string EventType { get; init; }

        public required JsonElement Payload { get; init; }

        public EnvelopeMetadata? Metadata { get; init; }

        public DateTimeOffset? OccurredAt { get; init; }
    }

    private sealed record EnvelopeMetadata
    {
        public string? Source { get; init; }

        public string? EventId { get; init; }
    }
}
