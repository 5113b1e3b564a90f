using Beat.Messaging.Messages.Sending;
using Beat.Messaging.Shared.Events.Kafka;

namespace Beat.Messaging.Messages.Kafka;

/// <summary><c>text_message</c> of another service.</summary>
internal sealed record TextMessageEvent
{
    public required Guid GroupId { get; init; }

    public required Guid SenderId { get; init; }

    [MessageContent]
    public required string Content { get; init; }

    public Guid? ReplyTo { get; init; }

    [AtMost(SendMessageRequest.MaxMentions)]
    public IReadOnlyList<Guid>? Mentions { get; init; }
}

/// <summary><c>borrow_message</c> of another service.</summary>
internal sealed record BorrowMessageEvent
{
    public required Guid GroupId { get; init; }

    public required Guid SenderId { get; init; }

    [MessageContent]
    public required string Content { get; init; }

    public required Guid GarmentId { get; init; }

    public Guid? ReplyTo { get; init; }

    [AtMost(SendMessageRequest.MaxMentions)]
    public IReadOnlyList<Guid>? Mentions { get; init; }

    public BorrowRequest? Borrow { get; init; }
}

/// <summary><c>system_message</c>: another service speaks in a group.</summary>
internal sealed record SystemMessageEvent
{
    public required Guid GroupId { get; init; }

    [MessageContent]
    public required string Content { get; init; }
}

/// <summary>
/// Sends what other services write, through the same handler as clients' messages, with the event's id as the
/// <c>client_message_id</c>: so a repeat is a repeat.
/// </summary>
internal sealed class ExternalMessagesHandler(SendMessage send) :
    IKafkaHandler<TextMessageEvent>, IKafkaHandler<BorrowMessageEvent>, IKafkaHandler<SystemMessageEvent>
{
    public async Task Handle(KafkaMessage<TextMessageEvent> message, CancellationToken ct)
    {
        var sent = message.Payload;
        Check(await send.Run(sent.GroupId, sent.SenderId, new SendMessageRequest
        {
            Content = sent.Content,
            ReplyTo = sent.ReplyTo,
            Mentions = sent.Mentions,
            ClientMessageId = message.InboxId,
        }));
    }

    public async Task Handle(KafkaMessage<BorrowMessageEvent> message, CancellationToken ct)
    {
        var sent = message.Payload;
        Check(await send.Run(sent.GroupId, sent.SenderId, new SendMessageRequest
        {
            Type = SendableType.Borrow,
            Content = sent.Content,
            GarmentId = sent.GarmentId,
            Borrow = sent.Borrow,
            ReplyTo = sent.ReplyTo,
            Mentions = sent.Mentions,
            ClientMessageId = message.InboxId,
        }));
    }

    public async Task Handle(KafkaMessage<SystemMessageEvent> message, CancellationToken ct) =>
        Check(await send.RunAsSystem(message.Payload.GroupId, message.Payload.Content, message.InboxId));

    private static void Check(Result<SendOutcome> outcome)
    {
        if (outcome.Problem is { } problem)
            throw problem.Status == 503 ? new StoreUnavailableException(problem.Title) : new ProblemException(problem);
    }
}
