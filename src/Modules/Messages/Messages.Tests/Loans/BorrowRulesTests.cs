using Beat.Messaging.Messages.Loans;

namespace Beat.Messaging.Messages.Tests.Loans;

/// <summary>The rules against a table of their own, over every state, move, actor and kind of message.</summary>
public sealed class BorrowRulesTests
{
    private const string Asked = "a request to a named lender", Wanted = "a request to anybody", Offered = "an offer";

    /// <summary>All that may be done; whatever is not in here may not.</summary>
    private static readonly (string Message, BorrowState From, LoanParty By, BorrowAction Move, BorrowState To)[] Table =
    [
        (Asked, BorrowState.Open, LoanParty.Lender, BorrowAction.Accept, BorrowState.Accepted),
        (Asked, BorrowState.Open, LoanParty.Lender, BorrowAction.Decline, BorrowState.Declined),
        (Asked, BorrowState.Open, LoanParty.Borrower, BorrowAction.Withdraw, BorrowState.Withdrawn),
        (Wanted, BorrowState.Open, LoanParty.Member, BorrowAction.Accept, BorrowState.Accepted),
        (Wanted, BorrowState.Open, LoanParty.Borrower, BorrowAction.Withdraw, BorrowState.Withdrawn),
        (Offered, BorrowState.Open, LoanParty.Member, BorrowAction.Accept, BorrowState.Accepted),
        (Offered, BorrowState.Open, LoanParty.Lender, BorrowAction.Withdraw, BorrowState.Withdrawn),
        .. new[] { Asked, Wanted, Offered }.SelectMany(message => new[]
        {
            (message, BorrowState.Open, LoanParty.Service, BorrowAction.Withdraw, BorrowState.Withdrawn),
            (message, BorrowState.Open, LoanParty.Service, BorrowAction.Expire, BorrowState.Expired),
            (message, BorrowState.Accepted, LoanParty.Lender, BorrowAction.HandOver, BorrowState.HandedOver),
            (message, BorrowState.Accepted, LoanParty.Lender, BorrowAction.Cancel, BorrowState.Cancelled),
            (message, BorrowState.Accepted, LoanParty.Borrower, BorrowAction.Cancel, BorrowState.Cancelled),
            (message, BorrowState.HandedOver, LoanParty.Lender, BorrowAction.Return, BorrowState.Returned),
            (message, BorrowState.HandedOver, LoanParty.Lender, BorrowAction.Dispute, BorrowState.Disputed),
            (message, BorrowState.HandedOver, LoanParty.Borrower, BorrowAction.Dispute, BorrowState.Disputed),
        }),
    ];

    public static TheoryData<string> Messages => [Asked, Wanted, Offered];

    [Theory, MemberData(nameof(Messages))]
    public void Every_move_of_everybody_in_every_state_is_as_the_table_says(string message)
    {
        var kind = message == Offered ? BorrowKind.Offer : BorrowKind.Request;
        foreach (var from in Enum.GetValues<BorrowState>())
        {
            foreach (var by in Enum.GetValues<LoanParty>())
            {
                foreach (var move in Enum.GetValues<BorrowAction>())
                {
                    var expected = Table.Where(row => (row.Message, row.From, row.By, row.Move) == (message, from, by, move))
                        .Select(row => (BorrowState?)row.To).SingleOrDefault();
                    var actual = LoanRules.After(from, move, by, kind, isLenderNamed: message != Wanted);
                    Assert.True(
                        expected == actual, $"{move} by {by} of {message} that is {from}: expected {expected}, got {actual}");
                }
            }
        }
    }

    [Fact]
    public void Nothing_comes_twice_so_that_a_repeated_move_is_known_by_its_maker()
    {
        foreach (var row in Table)
            Assert.DoesNotContain(Reachable(row.Message, row.To), later => later.Move == row.Move);
    }

    [Fact]
    public void Callers_name_every_move_but_the_timers() => Assert.Equal(
        ["accept", "decline", "withdraw", "cancel", "hand_over", "return", "dispute"], LoanRules.Names);

    [Theory]
    [InlineData("expire"), InlineData("Accept"), InlineData("handover"), InlineData(""), InlineData("0")]
    public void Another_name_is_no_move(string name) => Assert.False(LoanRules.TryRead(name, out _));

    private static IEnumerable<(string Message, BorrowState From, LoanParty By, BorrowAction Move, BorrowState To)> Reachable(
        string message, BorrowState from) =>
        Table.Where(row => row.Message == message && row.From == from).SelectMany(row => Reachable(message, row.To).Prepend(row));
}
