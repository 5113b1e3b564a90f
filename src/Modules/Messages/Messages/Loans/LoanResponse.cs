namespace Beat.Messaging.Messages.Loans;

/// <summary>A loan as its parties see it, in whatever group it is.</summary>
/// <param name="MessageId">The borrow message that it began with.</param>
/// <param name="LenderId">Null while nobody is named who lends.</param>
/// <param name="BorrowerId">Null while nobody has taken an offer.</param>
/// <param name="DueAt">When the garment is to come back, as agreed so far.</param>
/// <param name="Overdue">It is handed over, and <paramref name="DueAt"/> has passed.</param>
/// <param name="History">Every move, oldest first.</param>
/// <param name="InsertedAt">When the message was sent.</param>
internal sealed record LoanResponse(
    Guid GroupId, Guid MessageId, Guid GarmentId, BorrowKind Kind, BorrowState State, Guid? LenderId, Guid? BorrowerId,
    DateTimeOffset? DueAt, bool Overdue, IReadOnlyList<BorrowMove> History, DateTimeOffset InsertedAt)
{
    public static LoanResponse Of(Loan loan, DateTimeOffset now) => new(
        loan.GroupId, loan.MessageId, loan.GarmentId, loan.Kind, loan.State, loan.LenderId, loan.BorrowerId, loan.DueAt,
        loan.IsOverdue(now), BorrowMove.Of(loan), loan.InsertedAt);
}

/// <summary>A move of a loan.</summary>
/// <param name="State">After it.</param>
/// <param name="ActorId">Null when a timer or somebody's going made it.</param>
/// <param name="Reason">Of a request or an offer that was withdrawn without being asked to: <c>member_gone</c>,
/// <c>group_deleted</c>, <c>message_deleted</c>.</param>
internal sealed record BorrowMove(BorrowAction Action, BorrowState State, Guid? ActorId, DateTimeOffset At, string? Reason)
{
    public static IReadOnlyList<BorrowMove> Of(Loan loan) =>
        [.. loan.Moves.OrderBy(move => move.Number)
            .Select(move => new BorrowMove(move.Action, move.State, move.ActorId, move.At, move.Reason))];
}
