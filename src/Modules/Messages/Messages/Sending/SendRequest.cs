using System.Security.Cryptography;
using System.Text.Json;
using Beat.Messaging.Shared.Hosting.Json;

namespace Beat.Messaging.Messages.Sending;

/// <summary>A message to send, by REST.</summary>
internal sealed record SendMessageRequest
{
    /// <summary>What kind of message; a borrow message is about lending a garment.</summary>
    public SendableType Type { get; init; } = SendableType.Text;

    /// <example>Who has a raincoat for the weekend?</example>
    [MessageContent]
    public required string Content { get; init; }

    /// <summary>A message of the same group.</summary>
    public Guid? ReplyTo { get; init; }

    /// <summary>Profile ids of members, at most 25; a set, so that order and repeats make no difference.</summary>
    [AtMost(MaxMentions)]
    public IReadOnlyList<Guid>? Mentions { get; init; }

    /// <summary>The garment of a borrow message.</summary>
    public Guid? GarmentId { get; init; }

    /// <summary>What a borrow message proposes; a request unless told.</summary>
    public BorrowRequest? Borrow { get; init; }

    /// <summary>Makes the send safe to repeat.</summary>
    /// <example>7c1e6d0a-1</example>
    [ClientId]
    public string? ClientMessageId { get; init; }

    public const int MaxMentions = 25;
}

/// <summary>What a client may send; the service's own kinds are not among them.</summary>
internal enum SendableType
{
    Text = 0,
    Borrow = 1,
}

/// <summary>What a borrow message proposes.</summary>
internal sealed record BorrowRequest
{
    public BorrowKind Kind { get; init; } = BorrowKind.Request;

    /// <summary>The named lender of a request; without one, any other member may lend.</summary>
    public Guid? OwnerId { get; init; }

    /// <summary>When it is to come back.</summary>
    public DateTimeOffset? DueAt { get; init; }
}

/// <summary>A text message, by the hub.</summary>
internal sealed record SendTextRequest
{
    [MessageContent]
    public required string Content { get; init; }

    public Guid? ReplyTo { get; init; }

    [AtMost(SendMessageRequest.MaxMentions)]
    public IReadOnlyList<Guid>? Mentions { get; init; }

    [ClientId]
    public string? ClientMessageId { get; init; }

    public SendMessageRequest ToSend() =>
        new() { Content = Content, ReplyTo = ReplyTo, Mentions = Mentions, ClientMessageId = ClientMessageId };
}

/// <summary>A borrow message, by the hub.</summary>
internal sealed record SendBorrowRequest
{
    [MessageContent]
    public required string Content { get; init; }

    public required Guid GarmentId { get; init; }

    public BorrowRequest? Borrow { get; init; }

    public Guid? ReplyTo { get; init; }

    [AtMost(SendMessageRequest.MaxMentions)]
    public IReadOnlyList<Guid>? Mentions { get; init; }

    [ClientId]
    public string? ClientMessageId { get; init; }

    public SendMessageRequest ToSend() => new()
    {
        Type = SendableType.Borrow,
        Content = Content,
        GarmentId = GarmentId,
        Borrow = Borrow,
        ReplyTo = ReplyTo,
        Mentions = Mentions,
        ClientMessageId = ClientMessageId,
    };
}

/// <summary>
/// What a repeat is compared by: the bound values, so that REST or hub, white space and absent fields make no difference.
/// </summary>
internal static class RequestHash
{
    public static byte[] Of(Message message)
    {
        var values = new
        {
            message.Type,
            message.Content,
            message.ReplyTo,
            // A set: neither order nor repeats make another request.
            Mentions = message.Mentions.Distinct().Order(),
            message.GarmentId,
            message.Borrow,
        };
        return SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(values, WireJson.Options));
    }
}
