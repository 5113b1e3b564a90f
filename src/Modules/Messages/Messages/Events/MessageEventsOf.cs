using System.Text.Json;
using Beat.Messaging.Messages.Contracts;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Infrastructure.Json;

namespace Beat.Messaging.Messages.Events;

/// <summary>The events that messages make.</summary>
internal static class MessageEventsOf
{
    public static IIntegrationEvent Created(Message m) => m.Type switch
    {
        MessageType.Borrow => new BorrowMessageSent(
            m.Id, m.Seq, m.GroupId, m.SenderId, m.Content ?? "", m.ReplyTo, m.Mentions, m.InsertedAt, m.GarmentId!.Value, m.Borrow!),
        MessageType.System => new SystemMessageSent(m.Id, m.Seq, m.GroupId, m.Content ?? "", m.InsertedAt),
        _ => new TextMessageSent(m.Id, m.Seq, m.GroupId, m.SenderId, m.Content ?? "", m.ReplyTo, m.Mentions, m.InsertedAt),
    };

    public static MessageEdited Edited(Message m) => new(
        m.Id, m.Seq, m.GroupId, m.SenderId, m.Content ?? "", m.ReplyTo, m.Mentions, m.InsertedAt, m.GarmentId, m.Borrow, m.Revision,
        m.EditedAt!.Value);

    public static MessageDeleted Deleted(Message m, Guid actorId) => new(m.Id, m.Seq, m.GroupId, actorId, m.Revision, m.DeletedAt!.Value);

    /// <param name="kind">The name of the event's type, as the store noted it.</param>
    public static IIntegrationEvent Read(string kind, string payload) => kind switch
    {
        nameof(TextMessageSent) => JsonSerializer.Deserialize<TextMessageSent>(payload, WireJson.Options)!,
        nameof(BorrowMessageSent) => JsonSerializer.Deserialize<BorrowMessageSent>(payload, WireJson.Options)!,
        nameof(SystemMessageSent) => JsonSerializer.Deserialize<SystemMessageSent>(payload, WireJson.Options)!,
        nameof(MessageEdited) => JsonSerializer.Deserialize<MessageEdited>(payload, WireJson.Options)!,
        nameof(MessageDeleted) => JsonSerializer.Deserialize<MessageDeleted>(payload, WireJson.Options)!,
        _ => throw new InvalidOperationException($"The store holds a change of the unknown kind {kind}."),
    };
}
