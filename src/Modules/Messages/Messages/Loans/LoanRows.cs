using Beat.Messaging.Members.Replica;

namespace Beat.Messaging.Messages.Loans;

/// <summary>Finds and makes the rows of loans, inside the transaction of a move.</summary>
internal static class LoanRows
{
    /// <summary>Locked, with its history; null when no row has been made yet.</summary>
    public static async Task<Loan?> LockLoan(this MessagesContext db, Guid groupId, Guid messageId, CancellationToken ct)
    {
        var loan = await db.Loans.ForUpdate().SingleOrDefaultAsync(l => l.MessageId == messageId && l.GroupId == groupId, ct);
        if (loan is not null)
            await db.Entry(loan).Collection(l => l.Moves).LoadAsync(ct);
        return loan;
    }

    /// <summary>Makes the row, if there is none.</summary>
    public static async Task EnsureLoan(
        this MessagesContext db, BorrowMessageSent sent, TimeSpan expiresIn, DateTimeOffset now, CancellationToken ct)
    {
        if (await db.LockLoan(sent.GroupId, sent.Id, ct) is null)
            await db.OpenLoan(sent, expiresIn, now, ct);
    }

    /// <summary>
    /// The row of a message that has none yet. Whoever it needs may have gone since the message was sent: it is closed at once
    /// then. Their rows are locked, so that a removal at the same time either is seen here or sees this row.
    /// </summary>
    public static async Task<Loan> OpenLoan(
        this MessagesContext db, BorrowMessageSent sent, TimeSpan expiresIn, DateTimeOffset now, CancellationToken ct)
    {
        var loan = Loan.Of(sent, expiresIn);
        Guid[] needed = sent.Borrow.OwnerId is { } owner ? [sent.SenderId, owner] : [sent.SenderId];
        var group = await db.Set<GroupReplica>().ForUpdate().SingleOrDefaultAsync(g => g.GroupId == sent.GroupId, ct);
        var members = await db.Set<MemberReplica>().ForUpdate()
            .Where(m => m.GroupId == sent.GroupId && needed.Contains(m.ProfileId)).OrderBy(m => m.ProfileId).ToListAsync(ct);
        db.Add(loan);
        var reason = group is { IsDeleted: true }
            ? CloseReasons.GroupDeleted
            : members.Exists(m => m.Role is null)
            ? CloseReasons.MemberGone
            : null;
        if (reason is not null)
            loan.TryMove(db, BorrowAction.Withdraw, LoanParty.Service, actorId: null, now, reason: reason);
        return loan;
    }

    /// <summary>
    /// The running loan of the same garment and lender, if there is one. Of another message: a row of this one that was made
    /// meanwhile is found when the transaction is tried again.
    /// </summary>
    public static Task<Loan?> RunningBeside(this MessagesContext db, Loan loan, Guid lenderId, CancellationToken ct) =>
        db.Loans.AsNoTracking()
        .Where(l => l.LenderId == lenderId && l.GarmentId == loan.GarmentId && l.MessageId != loan.MessageId)
        .FirstOrDefaultAsync(l => l.State == BorrowState.Accepted || l.State == BorrowState.HandedOver, ct);
}
