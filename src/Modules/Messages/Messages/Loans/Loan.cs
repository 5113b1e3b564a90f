namespace Beat.Messaging.Messages.Loans;

/// <summary>What became of a borrow message: who has the garment, until when, and each move that led there.</summary>
internal sealed class Loan
{
    /// <summary>Of a garment that is handed over without a day to come back.</summary>
    public static readonly TimeSpan DefaultTerm = TimeSpan.FromDays(14);

    /// <summary>How long before it is due the borrower is reminded.</summary>
    public static readonly TimeSpan RemindedAhead = TimeSpan.FromDays(1);

    public required Guid Id { get; init; }

    public required Guid GroupId { get; init; }

    /// <summary>The borrow message; it has one loan.</summary>
    public required Guid MessageId { get; init; }

    public required Guid GarmentId { get; init; }

    public required BorrowKind Kind { get; init; }

    public BorrowState State { get; private set; }

    /// <summary>Null while a request names nobody and nobody has accepted.</summary>
    public Guid? LenderId { get; private set; }

    /// <summary>Null while nobody has taken an offer.</summary>
    public Guid? BorrowerId { get; private set; }

    /// <summary>As agreed so far.</summary>
    public DateTimeOffset? DueAt { get; private set; }

    /// <summary>When the timer closes it, if it is still open.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When the message was sent.</summary>
    public required DateTimeOffset InsertedAt { get; init; }

    /// <summary>Number of the last move; the version of its events.</summary>
    public int MoveCount { get; private set; }

    /// <summary>How many of the two reminders were given, or are not needed any more.</summary>
    public int Reminders { get; private set; }

    public List<LoanMove> Moves { get; } = [];

    public static Loan Of(BorrowMessageSent sent, TimeSpan expiresIn) => new()
    {
        Id = Guid.CreateVersion7(sent.InsertedAt),
        GroupId = sent.GroupId,
        MessageId = sent.Id,
        GarmentId = sent.GarmentId,
        Kind = sent.Borrow.Kind,
        LenderId = sent.Borrow.Kind == BorrowKind.Offer ? sent.SenderId : sent.Borrow.OwnerId,
        BorrowerId = sent.Borrow.Kind == BorrowKind.Request ? sent.SenderId : null,
        DueAt = sent.Borrow.DueAt,
        ExpiresAt = sent.InsertedAt + expiresIn,
        InsertedAt = sent.InsertedAt,
    };

    public LoanParty PartOf(Guid profileId) =>
        LenderId == profileId ? LoanParty.Lender : BorrowerId == profileId ? LoanParty.Borrower : LoanParty.Member;

    /// <summary>Computed, never stored.</summary>
    public bool IsOverdue(DateTimeOffset now) => State == BorrowState.HandedOver && DueAt < now;

    public BorrowState? After(BorrowAction action, LoanParty by) =>
        LoanRules.After(State, action, by, Kind, isLenderNamed: LenderId is not null);

    /// <summary>Why <paramref name="profileId"/> cannot make a move: the state, and what they can do now.</summary>
    public Problem ToTransitionProblem(Guid profileId) => LoanProblems.ImpossibleMoveFrom(
        LoanRules.NameOf(State),
        [.. LoanRules.Names.Where(
            name => LoanRules.TryRead(name, out var action) && After(action, PartOf(profileId)) is not null)]);

    /// <summary>Makes a move with its history and its event, if the rules have it.</summary>
    /// <param name="actorId">Null for nobody.</param>
    /// <param name="dueAt">With <c>accept</c> and <c>hand_over</c>; null leaves what was proposed.</param>
    /// <param name="reason">Of a move that its maker did not ask for.</param>
    public bool TryMove(
        MessagesContext db, BorrowAction action, LoanParty by, Guid? actorId, DateTimeOffset now, DateTimeOffset? dueAt = null,
        string? reason = null)
    {
        if (After(action, by) is not { } next)
            return false;
        if (action == BorrowAction.Accept)
        {
            LenderId ??= actorId;
            BorrowerId ??= actorId;
        }
        DueAt = dueAt ?? DueAt;
        if (action == BorrowAction.HandOver)
        {
            // A day that has passed meanwhile says nothing any more.
            if (DueAt is null || DueAt <= now)
                DueAt = now + DefaultTerm;
            if (DueAt <= now + RemindedAhead)
                Reminders = 1;
        }
        State = next;
        Moves.Add(
            new LoanMove
            {
                LoanId = Id,
                Number = ++MoveCount,
                Action = action,
                State = next,
                ActorId = actorId,
                At = now,
                Reason = reason
            });
        db.Raise(new BorrowChanged(GroupId, MessageId, GarmentId, State, LenderId, BorrowerId, actorId, DueAt), Id, MoveCount);
        return true;
    }

    /// <summary>Tells whom it concerns that the garment is due: a day ahead, and once the day has passed.</summary>
    public void Remind(MessagesContext db, DateTimeOffset now)
    {
        Reminders = DueAt <= now ? 2 : 1;
        db.Raise(
            new BorrowDue(
                GroupId, MessageId, GarmentId, LenderId!.Value, BorrowerId!.Value, DueAt!.Value, IsPast: Reminders == 2),
            Guid.CreateVersion7(now), version: 1);
    }
}

/// <summary>A line of a loan's history.</summary>
internal sealed class LoanMove
{
    public required Guid LoanId { get; init; }

    /// <summary>1, 2, 3 …</summary>
    public required int Number { get; init; }

    public required BorrowAction Action { get; init; }

    /// <summary>After the move.</summary>
    public required BorrowState State { get; init; }

    public Guid? ActorId { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>See <see cref="CloseReasons"/>; null for what its maker asked for.</summary>
    public string? Reason { get; init; }
}

/// <summary>Why an open loan was withdrawn without being asked to.</summary>
internal static class CloseReasons
{
    /// <summary>Its sender, or the lender whom it names, left, was removed, or is no longer known.</summary>
    public const string MemberGone = "member_gone";

    public const string GroupDeleted = "group_deleted";
    public const string MessageDeleted = "message_deleted";
}
