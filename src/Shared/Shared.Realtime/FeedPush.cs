using System.Buffers;
using System.Text.Json;

namespace Beat.Messaging.Shared.Realtime;

/// <summary>
/// What one push writes to every connection, serialised once. Another wire kind would be another form beside
/// <see cref="SignalR"/>, made from the same name and payloads when the first connection of that kind needs it.
/// </summary>
internal sealed class FeedPush
{
    /// <param name="groupId">Null for a push to a person.</param>
    /// <param name="payloads">UTF-8 JSON, in the order of the invocations.</param>
    public FeedPush(Guid? groupId, string eventName, params IReadOnlyList<ReadOnlyMemory<byte>> payloads)
    {
        (GroupId, Count) = (groupId, payloads.Count);
        // Records of the JSON hub protocol, back to back: clients read several from one WebSocket frame.
        var target = JsonSerializer.SerializeToUtf8Bytes(eventName);
        byte[] head = [.. """{"type":1,"target":"""u8, .. target, .. ""","arguments":["""u8];
        var tail = "]}\u001e"u8;
        Bytes = payloads.Sum(payload => head.Length + payload.Length) + (payloads.Count * tail.Length);
        var buffer = new ArrayBufferWriter<byte>(Math.Max(Bytes, 1));
        foreach (var payload in payloads)
        {
            buffer.Write(head);
            buffer.Write(payload.Span);
            buffer.Write(tail);
        }
        SignalR = new SerializedHubMessage([new SerializedMessage("json", buffer.WrittenMemory)]);
    }

    public Guid? GroupId { get; }

    /// <summary>Invocations in it.</summary>
    public int Count { get; }

    /// <summary>As it counts against <see cref="FeedConnection.MaxPendingBytes"/>.</summary>
    public int Bytes { get; }

    public SerializedHubMessage SignalR { get; }
}

/// <summary>Pushes of one event that have their place in the order of a group.</summary>
/// <param name="First">The number of the first; the others follow without a gap.</param>
/// <param name="Payloads">Each as UTF-8 JSON.</param>
internal sealed record NumberedPush(Guid GroupId, string EventName, long First, IReadOnlyList<ReadOnlyMemory<byte>> Payloads)
{
    public long Next => First + Payloads.Count;

    /// <summary>From a number on that is in it.</summary>
    public FeedPush From(long number) =>
        new(GroupId, EventName, number == First ? Payloads : [.. Payloads.Skip((int)(number - First))]);
}
