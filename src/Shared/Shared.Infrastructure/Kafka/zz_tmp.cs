namespace Beat.Messaging.Shared.Infrastructure.Kafka;
public sealed record WireRecord(string Topic, string Key, Guid EventId, string EventType, ReadOnlyMemory<byte> Value, string? TraceParent);
public enum MirrorStatus { Acknowledged, Rejected, Unavailable }
public sealed record MirrorOutcome(MirrorStatus Status, string? Reason);
public sealed class KafkaMirror { public bool X {get;set;} public Task<IReadOnlyList<MirrorOutcome>> Publish(IReadOnlyList<WireRecord> r, CancellationToken ct) => X ? throw new InvalidOperationException() : throw new InvalidOperationException(); }
