namespace Beat.Messaging.Messages.Tests.Store;

/// <summary>Messages for tests.</summary>
internal static class Some
{
    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    public static Message Text(
        Guid groupId, long seq = 0, Guid? senderId = null, string? clientId = null, string content = "Who has a raincoat?",
        IReadOnlyList<Guid>? mentions = null, Guid? replyTo = null, Guid? replyToSender = null)
    {
        var id = Guid.CreateVersion7(Now);
        var message = new Message
        {
            Id = id,
            GroupId = groupId,
            Seq = seq,
            Type = MessageType.Text,
            SenderId = senderId ?? Guid.NewGuid(),
            Content = content,
            Mentions = mentions ?? [],
            ReplyTo = replyTo,
            ReplyToSenderId = replyToSender,
            ClientMessageId = clientId ?? id.ToString(),
            RequestHash = [],
            InsertedAt = Now,
        };
        return message with { RequestHash = RequestHash.Of(message) };
    }

    public static Message Borrow(Guid groupId, long seq, Guid garmentId)
    {
        var message = Text(groupId, seq) with
        {
            Type = MessageType.Borrow,
            GarmentId = garmentId,
            Borrow = new BorrowProposal(BorrowKind.Request, Guid.NewGuid(), Now.AddDays(7)),
        };
        return message with { RequestHash = RequestHash.Of(message) };
    }

    public static Message System(Guid groupId, long seq) =>
        Text(groupId, seq, senderId: Guid.Empty) with { Type = MessageType.System };

    public static Message Edited(this Message message, string content, IReadOnlyList<Guid>? mentions = null) => message with
    {
        Content = content,
        Mentions = mentions ?? message.Mentions,
        EditedAt = Now.AddMinutes(1),
        Revision = message.Revision + 1,
    };

    public static Message Deleted(this Message message) =>
        message with
        {
            Content = null,
            Mentions = [],
            Reactions = [],
            DeletedAt = Now.AddMinutes(2),
            Revision = message.Revision + 1
        };
}
