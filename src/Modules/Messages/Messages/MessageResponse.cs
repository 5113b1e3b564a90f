using Beat.Messaging.Messages.Loans;

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
    /// <param name="loan">Of a borrow message; null while it has not moved.</param>
    public static MessageResponse Of(Message message, Loan? loan = null, DateTimeOffset now = default) => new(
        message.Id, message.GroupId, message.Seq, message.Type, message.SenderId,
        message.DeletedAt is null
            ? new MessagePayload(message.Content, message.Mentions, message.ReplyTo) { GarmentId = message.GarmentId }
            : new MessagePayload(null, [], null) { GarmentId = message.GarmentId },
        BorrowResponse.Of(message, loan, now), ReactionResponse.Of(message), new MessageMetadata(message.SenderId),
        message.ClientMessageId, message.InsertedAt, message.EditedAt, message.DeletedAt, message.Revision,
        message.Changed is { } changed ? ChangeCursor.Format(changed) : null);
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
/// <param name="LenderId">Null while nobody is named who lends.</param>
/// <param name="BorrowerId">Null while nobody has taken an offer.</param>
/// <param name="DueAt">When the garment is to come back, as agreed so far.</param>
/// <param name="Overdue">It is handed over, and <paramref name="DueAt"/> has passed.</param>
/// <param name="History">Every move, oldest first.</param>
internal sealed record BorrowResponse(
    BorrowKind Kind, BorrowState State, Guid? LenderId, Guid? BorrowerId, DateTimeOffset? DueAt, bool Overdue,
    IReadOnlyList<BorrowMove> History)
{
    /// <summary>Without a loan it is open.</summary>
    public static BorrowResponse? Of(Message message, Loan? loan, DateTimeOffset now) => (message.Borrow, loan) switch
    {
        (null, _) => null,
        (_, not null) => new BorrowResponse(
            loan.Kind, loan.State, loan.LenderId, loan.BorrowerId, loan.DueAt, loan.IsOverdue(now), BorrowMove.Of(loan)),
        (var borrow, null) => new BorrowResponse(
            borrow.Kind, message.DeletedAt is null ? BorrowState.Open : BorrowState.Withdrawn,
            borrow.Kind == BorrowKind.Offer ? message.SenderId : borrow.OwnerId,
            borrow.Kind == BorrowKind.Request ? message.SenderId : null,
            borrow.DueAt, Overdue: false, []),
    };
}
