using Beat.Messaging.Groups.Points;
using Beat.Messaging.Messages.Contracts;

namespace Beat.Messaging.Groups.Subscriptions;

/// <summary>What a loan earns, and loses when it is disputed.</summary>
internal sealed class OnBorrowChanged(ModuleStore<GroupsContext> store, PointSettings points, TimeProvider time)
    : IBatchEventHandler<BorrowChanged>
{
    public Task Handle(IReadOnlyList<Envelope<BorrowChanged>> envelopes, CancellationToken ct)
    {
        var changes = envelopes.SelectMany(e => Changes(e.Payload, e.OccurredAt)).ToList();
        return changes.Count == 0 ? Task.CompletedTask : store.Write(async db =>
        {
            var groups = await PointLedger.LockStandings(db, changes.Select(change => change.GroupId), ct);
            await PointLedger.Record(db, groups, changes, time.Now(), ct);
        }, ct);
    }

    private IEnumerable<PointChange> Changes(BorrowChanged loan, DateTimeOffset at)
    {
        switch (loan)
        {
            case { State: BorrowState.HandedOver, LenderId: { } lender }:
                yield return new PointAward(
                    loan.GroupId, PointRule.BorrowHandedOver, loan.MessageId, lender, points.BorrowHandedOver, at);
                break;
            case { State: BorrowState.Returned, LenderId: { } lender, BorrowerId: { } borrower }:
                yield return new PointAward(
                    loan.GroupId, PointRule.BorrowReturned, loan.MessageId, lender, points.BorrowReturned, at);
                yield return new PointAward(
                    loan.GroupId, PointRule.BorrowReturned, loan.MessageId, borrower, points.BorrowReturnedByBorrower, at);
                break;
            case { State: BorrowState.Disputed }:
                yield return new PointReversal(loan.GroupId, PointRule.BorrowHandedOver, loan.MessageId);
                yield return new PointReversal(loan.GroupId, PointRule.BorrowReturned, loan.MessageId);
                break;
        }
    }
}
