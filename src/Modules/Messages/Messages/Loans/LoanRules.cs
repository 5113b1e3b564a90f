using System.Text.Json;

namespace Beat.Messaging.Messages.Loans;

/// <summary>A move of a loan; by name in an address and in its history, stored by number.</summary>
internal enum BorrowAction
{
    Accept = 0,
    Decline = 1,
    Withdraw = 2,
    Cancel = 3,
    HandOver = 4,
    Return = 5,
    Dispute = 6,

    /// <summary>By the timer alone.</summary>
    Expire = 7,
}

/// <summary>What somebody is to a loan.</summary>
internal enum LoanParty
{
    /// <summary>Neither lender nor borrower so far.</summary>
    Member,
    Lender,
    Borrower,

    /// <summary>A timer, or what somebody's going brings with it.</summary>
    Service,
}

/// <summary>The one state machine of loans: REST, the hub, timers and removals all use it.</summary>
internal static class LoanRules
{
    private static readonly Dictionary<string, BorrowAction> ByName = Enum.GetValues<BorrowAction>()
        .Where(action => action != BorrowAction.Expire).ToDictionary(NameOf);

    /// <summary>What a caller may ask for.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    public static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    public static bool TryRead(string name, out BorrowAction action) => ByName.TryGetValue(name, out action);

    /// <param name="by">Who makes the move.</param>
    /// <param name="isLenderNamed">Of an open request: then that one answers it, and nobody else.</param>
    /// <returns>The state after the move, or null when it cannot be made.</returns>
    public static BorrowState? After(BorrowState state, BorrowAction action, LoanParty by, BorrowKind kind, bool isLenderNamed)
    {
        var sender = kind == BorrowKind.Request ? LoanParty.Borrower : LoanParty.Lender;
        var counterparty = kind == BorrowKind.Request && isLenderNamed ? LoanParty.Lender : LoanParty.Member;
        return (state, action) switch
        {
            (BorrowState.Open, BorrowAction.Accept) when by == counterparty => BorrowState.Accepted,
            (BorrowState.Open, BorrowAction.Decline) when by == counterparty && by == LoanParty.Lender => BorrowState.Declined,
            (BorrowState.Open, BorrowAction.Withdraw) when by == sender || by == LoanParty.Service => BorrowState.Withdrawn,
            (BorrowState.Open, BorrowAction.Expire) when by == LoanParty.Service => BorrowState.Expired,
            (BorrowState.Accepted, BorrowAction.HandOver) when by == LoanParty.Lender => BorrowState.HandedOver,
            (BorrowState.Accepted, BorrowAction.Cancel) when by is LoanParty.Lender or LoanParty.Borrower =>
                BorrowState.Cancelled,
            (BorrowState.HandedOver, BorrowAction.Return) when by == LoanParty.Lender => BorrowState.Returned,
            (BorrowState.HandedOver, BorrowAction.Dispute) when by is LoanParty.Lender or LoanParty.Borrower =>
                BorrowState.Disputed,
            _ => null,
        };
    }
}
