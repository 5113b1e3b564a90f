using Beat.Messaging.Shared.Abstractions;

namespace Beat.Messaging.Messages.Contracts;

/// <summary>A text message was stored.</summary>
/// <param name="Seq">Its place in the group: 1, 2, 3 … without gaps.</param>
/// <param name="ReplyToSenderId">
/// Who sent the message that it answers, whatever became of that one. Null when it answers none or a system message, and in
/// events that were stored before this was added.
/// </param>
public sealed record TextMessageSent(
    Guid Id, long Seq, Guid GroupId, Guid SenderId, string Content, Guid? ReplyTo, IReadOnlyList<Guid> Mentions,
    DateTimeOffset InsertedAt, Guid? ReplyToSenderId = null) : IIntegrationEvent;

/// <summary>A message about lending a garment was stored.</summary>
/// <param name="ReplyToSenderId">As in <see cref="TextMessageSent"/>.</param>
public sealed record BorrowMessageSent(
    Guid Id, long Seq, Guid GroupId, Guid SenderId, string Content, Guid? ReplyTo, IReadOnlyList<Guid> Mentions,
    DateTimeOffset InsertedAt, Guid GarmentId, BorrowProposal Borrow, Guid? ReplyToSenderId = null) : IIntegrationEvent;

/// <summary>What a borrow message proposes.</summary>
/// <param name="Kind"><c>request</c>: the sender wants to borrow; <c>offer</c>: the sender lends.</param>
/// <param name="OwnerId">The named lender of a request; null when any other member may lend.</param>
/// <param name="DueAt">When it is to come back, as proposed.</param>
public sealed record BorrowProposal(BorrowKind Kind, Guid? OwnerId, DateTimeOffset? DueAt);

/// <summary>Who starts a loan. Stored by number.</summary>
public enum BorrowKind
{
    Request = 0,
    Offer = 1,
}

/// <summary>Another service said something in a group.</summary>
public sealed record SystemMessageSent(Guid Id, long Seq, Guid GroupId, string Content, DateTimeOffset InsertedAt)
    : IIntegrationEvent;

/// <summary>A message's text is another; the payload is the message after it.</summary>
/// <param name="ReplyToSenderId">As in <see cref="TextMessageSent"/>.</param>
public sealed record MessageEdited(
    Guid Id, long Seq, Guid GroupId, Guid SenderId, string Content, Guid? ReplyTo, IReadOnlyList<Guid> Mentions,
    DateTimeOffset InsertedAt, Guid? GarmentId, BorrowProposal? Borrow, int Revision, DateTimeOffset EditedAt,
    Guid? ReplyToSenderId = null)
    : IIntegrationEvent;

/// <summary>A message became a tombstone that keeps its place.</summary>
public sealed record MessageDeleted(Guid Id, long Seq, Guid GroupId, Guid ActorId, int Revision, DateTimeOffset DeletedAt)
    : IIntegrationEvent;

/// <summary>Somebody reacted to a message, or took that back.</summary>
/// <param name="Emoji">One emoji, spelled as it was first sent to this message.</param>
/// <param name="On">False: it was taken back.</param>
public sealed record ReactionChanged(Guid MessageId, long Seq, Guid GroupId, Guid ProfileId, string Emoji, bool On, int Revision)
    : IIntegrationEvent;

/// <summary>A loan made a move, or somebody's going closed it.</summary>
/// <param name="MessageId">The borrow message that the loan began with.</param>
/// <param name="State">The state after the move.</param>
/// <param name="LenderId">Null while nobody is named who lends.</param>
/// <param name="BorrowerId">Null while nobody has taken an offer.</param>
/// <param name="ActorId">Null when a timer or somebody's going moved it.</param>
/// <param name="DueAt">When the garment is to come back, as agreed so far.</param>
public sealed record BorrowChanged(
    Guid GroupId, Guid MessageId, Guid GarmentId, BorrowState State, Guid? LenderId, Guid? BorrowerId, Guid? ActorId,
    DateTimeOffset? DueAt) : IIntegrationEvent;

/// <summary>A garment that is handed over is to come back within a day, or was to; comes once each.</summary>
/// <param name="IsPast">The day has passed.</param>
public sealed record BorrowDue(
    Guid GroupId, Guid MessageId, Guid GarmentId, Guid LenderId, Guid BorrowerId, DateTimeOffset DueAt, bool IsPast)
        : IIntegrationEvent;

/// <summary>Where a loan stands. Stored by number.</summary>
public enum BorrowState
{
    Open = 0,
    Accepted = 1,
    Declined = 2,
    Withdrawn = 3,
    Expired = 4,
    HandedOver = 5,
    Cancelled = 6,
    Returned = 7,
    Disputed = 8,
}
