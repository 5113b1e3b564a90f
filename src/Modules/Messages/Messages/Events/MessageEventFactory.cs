using System.Text.Json;
using Beat.Messaging.Shared.Hosting.Json;

namespace Beat.Messaging.Messages.Events;

/// <summary>The events that messages make.</summary>
internal static class MessageEventFactory
{
    /// <summary>Events of the module that are in its tables' outbox, not in the message store.</summary>
    public static readonly IReadOnlySet<Type> OfLoans = new HashSet<Type> { typeof(BorrowChanged), typeof(BorrowDue) };

    public static IIntegrationEvent Created(Message m) => m.Type switch
    {
        MessageType.Borrow => new BorrowMessageSent(
            m.Id, m.Seq, m.GroupId, m.SenderId, m.Content ?? "", m.ReplyTo, m.Mentions, m.InsertedAt, m.GarmentId!.Value,
            m.Borrow!, m.ReplyToSenderId),
        MessageType.System => new SystemMessageSent(m.Id, m.Seq, m.GroupId, m.Content ?? "", m.InsertedAt),
        _ => new TextMessageSent(
            m.Id, m.Seq, m.GroupId, m.SenderId, m.Content ?? "", m.ReplyTo, m.Mentions, m.InsertedAt, m.ReplyToSenderId),
    };

    /// <summary>The type of <see cref="Created"/>.</summary>
    public static Type CreationOf(MessageType type) => type switch
    {
        MessageType.Borrow => typeof(BorrowMessageSent),
        MessageType.System => typeof(SystemMessageSent),
        _ => typeof(TextMessageSent),
    };

    public static MessageEdited Edited(Message m) => new(
        m.Id, m.Seq, m.GroupId, m.SenderId, m.Content ?? "", m.ReplyTo, m.Mentions, m.InsertedAt, m.GarmentId, m.Borrow,
        m.Revision, m.EditedAt!.Value, m.ReplyToSenderId);

    public static MessageDeleted Deleted(Message m, Guid actorId) =>
        new(m.Id, m.Seq, m.GroupId, actorId, m.Revision, m.DeletedAt!.Value);

    public static ReactionChanged Reacted(Message m, Guid profileId, string emoji, bool on) =>
        new(m.Id, m.Seq, m.GroupId, profileId, emoji, on, m.Revision);

    /// <summary>
    /// What the store notes of an event beside its payload; never changed, or what is stored cannot be read again.
    /// </summary>
    public static string KindOf(IIntegrationEvent happened) => happened switch
    {
        TextMessageSent => "text",
        BorrowMessageSent => "borrow",
        SystemMessageSent => "system",
        MessageEdited => "edited",
        MessageDeleted => "deleted",
        ReactionChanged => "reaction",
        _ => throw new InvalidOperationException($"{happened.GetType().Name} is not an event of messages."),
    };

    /// <param name="kind">As <see cref="KindOf"/> named it.</param>
    public static IIntegrationEvent Read(string kind, string payload) => kind switch
    {
        "text" => As<TextMessageSent>(payload),
        "borrow" => As<BorrowMessageSent>(payload),
        "system" => As<SystemMessageSent>(payload),
        "edited" => As<MessageEdited>(payload),
        "deleted" => As<MessageDeleted>(payload),
        "reaction" => As<ReactionChanged>(payload),
        _ => throw new InvalidOperationException($"The store holds an event of the unknown kind {kind}."),
    };

    private static TEvent As<TEvent>(string payload) => JsonSerializer.Deserialize<TEvent>(payload, WireJson.Options)!;
}
