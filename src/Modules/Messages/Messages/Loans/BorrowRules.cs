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
internal enum BorrowPart
{
    /// <summary>Neither lender nor borrower so far.</summary>
    Member,
    Lender,
    Borrower,

    /// <summary>A timer, or what somebody's going brings with it.</summary>
    Service,
}

/// <summary>The one state machine of loans: every door, timer and removal asks it.</summary>
internal static class BorrowRules
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
    public static BorrowState? After(BorrowState state, BorrowAction action, BorrowPart by, BorrowKind kind, bool isLenderNamed)
    {
        var sender = kind == BorrowKind.Request ? BorrowPart.Borrower : BorrowPart.Lender;
        var counterparty = kind == BorrowKind.Request && isLenderNamed ? BorrowPart.Lender : BorrowPart.Member;
        return (state, action) switch
        {
            (BorrowState.Open, BorrowAction.Accept) when by == counterparty => BorrowState.Accepted,
            (BorrowState.Open, BorrowAction.Decline) when by == counterparty && by == BorrowPart.Lender => BorrowState.Declined,
            (BorrowState.Open, BorrowAction.Withdraw) when by == sender || by == BorrowPart.Service => BorrowState.Withdrawn,
            (BorrowState.Open, BorrowAction.Expire) when by == BorrowPart.Service => BorrowState.Expired,
            (BorrowState.Accepted, BorrowAction.HandOver) when by == BorrowPart.Lender => BorrowState.HandedOver,
            (BorrowState.Accepted, BorrowAction.Cancel) when by is BorrowPart.Lender or BorrowPart.Borrower => BorrowState.Cancelled,
            (BorrowState.HandedOver, BorrowAction.Return) when by == BorrowPart.Lender => BorrowState.Returned,
            (BorrowState.HandedOver, BorrowAction.Dispute) when by is BorrowPart.Lender or BorrowPart.Borrower => BorrowState.Disputed,
            _ => null,
        };
    }
}
