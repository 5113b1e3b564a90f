using Beat.Messaging.Messages.Contracts;

namespace Beat.Messaging.Messages;

/// <summary>A message as REST, the hub and pushes show it.</summary>
/// <param name="Seq">Its place in the group: 1, 2, 3 … without gaps.</param>
/// <param name="Borrow">Of a borrow message.</param>
/// <param name="Revision">1 when sent; every change adds one.</param>
/// <param name="Changed">20 digits, or null for a message that was never changed.</param>
internal record MessageResponse(
    Guid Id,
    Guid GroupId,
    long Seq,
    MessageType Type,
    Guid SenderId,
    MessagePayload Payload,
    BorrowResponse? Borrow,
    IReadOnlyList<ReactionResponse> Reactions,
    MessageMetadata Metadata,
    string ClientMessageId,
    DateTimeOffset InsertedAt,
    DateTimeOffset? EditedAt,
    DateTimeOffset? DeletedAt,
    int Revision,
    string? Changed)
{
    public static MessageResponse Of(Message message) => new(
        message.Id, message.GroupId, message.Seq, message.Type, message.SenderId,
        message.DeletedAt is null
            ? new MessagePayload(message.Content, message.Mentions, message.ReplyTo) { GarmentId = message.GarmentId }
            : new MessagePayload(null, [], null) { GarmentId = message.GarmentId },
        BorrowResponse.Of(message), ReactionResponse.Of(message), new MessageMetadata(message.SenderId), message.ClientMessageId, message.InsertedAt,
        message.EditedAt, message.DeletedAt, message.Revision, message.Changed is { } changed ? ChangeCursor.Show(changed) : null);
}

/// <param name="Content">As sent; null in a tombstone.</param>
internal sealed record MessagePayload(string? Content, IReadOnlyList<Guid> Mentions, Guid? ReplyTo)
{
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public Guid? GarmentId { get; init; }
}

/// <param name="Count">How many people.</param>
/// <param name="ProfileIds">The first 20 of them.</param>
internal sealed record ReactionResponse(string Emoji, int Count, IReadOnlyList<Guid> ProfileIds)
{
    private const int Shown = 20;

    public static IReadOnlyList<ReactionResponse> Of(Message message) => message.Reactions.Count == 0
        ? []
        : [.. message.Reactions.Select(r => new ReactionResponse(r.Emoji, r.ProfileIds.Count, [.. r.ProfileIds.Take(Shown)]))];
}

internal sealed record MessageMetadata(Guid SenderId);

/// <summary>What a borrow message proposes and where it stands.</summary>
/// <param name="Overdue">Computed from <paramref name="DueAt"/> while the garment is handed over.</param>
internal sealed record BorrowResponse(
    BorrowKind Kind, string State, Guid? LenderId, Guid? BorrowerId, DateTimeOffset? DueAt, bool Overdue, IReadOnlyList<object> History)
{
    /// <summary>The message's own part: without a loan that has moved, it is open, or withdrawn with its message.</summary>
    public static BorrowResponse? Of(Message message) => message.Borrow is not { } borrow
        ? null
        : new BorrowResponse(
            borrow.Kind, message.DeletedAt is null ? "open" : "withdrawn",
            borrow.Kind == BorrowKind.Offer ? message.SenderId : borrow.OwnerId,
            borrow.Kind == BorrowKind.Request ? message.SenderId : null,
            borrow.DueAt, Overdue: false, []);
}
