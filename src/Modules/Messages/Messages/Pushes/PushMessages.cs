using System.Text.Json;
using Beat.Messaging.Shared.Events;
using Beat.Messaging.Shared.Hosting.Json;
using Beat.Messaging.Shared.Realtime;

namespace Beat.Messaging.Messages.Pushes;

/// <summary>Pushes messages to those who joined their group.</summary>
internal sealed class PushMessages(GroupFeed feed, RelaySignal relay, MessageReader reader)
{
    public const string Received = "MessageReceived";

    /// <summary>New ones, of one group, in order of seq: one write per connection.</summary>
    public void Sent(Guid groupId, IReadOnlyList<Message> messages)
    {
        relay.Set(MessageOutbox.SourceName);
        if (!feed.HasListeners(groupId))
            return;
        // Another node may have numbered in between.
        for (int from = 0, to = 1; to <= messages.Count; to++)
        {
            if (to < messages.Count && messages[to].Seq == messages[to - 1].Seq + 1)
                continue;
            feed.PushNumbered(
                groupId, Received, messages[from].Seq,
                [.. messages.Skip(from).Take(to - from).Select(message => Json(MessageResponse.Of(message)))]);
            from = to;
        }
    }

    /// <summary>One that was changed; its event is stored, too.</summary>
    /// <returns>What was pushed.</returns>
    public async ValueTask<MessageResponse> Changed(string push, Message message)
    {
        relay.Set(MessageOutbox.SourceName);
        var response = await reader.ToResponse(message);
        feed.Push(message.GroupId, push, response);
        return response;
    }

    /// <summary>As it is pushed.</summary>
    public static ReadOnlyMemory<byte> Json(MessageResponse message) =>
        JsonSerializer.SerializeToUtf8Bytes(message, WireJson.Options);
}
