using System.Linq.Expressions;
using Beat.Messaging.Groups.Contracts;
using Beat.Messaging.Members.Replica;
using Beat.Messaging.Messages.Loans;
using Beat.Messaging.Shared.Hosting.Time;

namespace Beat.Messaging.Messages.Subscriptions;

/// <summary>
/// Keeps who may read and write where; what is in memory follows at once. What is open and needs someone who went is closed; what
/// runs is for its parties to end.
/// </summary>
internal sealed class OnMembershipChanged(ModuleStore<MessagesContext> store, MembershipCache memberships, TimeProvider time)
    : MembershipReplicaKeeper<MessagesContext>(store)
{
    private const int BatchSize = 100;
    private readonly ModuleStore<MessagesContext> store = store;

    public override async Task Handle(Envelope<MemberLeft> envelope, CancellationToken ct)
    {
        await base.Handle(envelope, ct);
        await CloseOf(envelope.Payload.GroupId, envelope.Payload.MemberId, ct);
    }

    public override async Task Handle(Envelope<MemberKicked> envelope, CancellationToken ct)
    {
        await base.Handle(envelope, ct);
        await CloseOf(envelope.Payload.GroupId, envelope.Payload.MemberId, ct);
    }

    public override async Task Handle(Envelope<GroupDeleted> envelope, CancellationToken ct)
    {
        await base.Handle(envelope, ct);
        await Close(envelope.Payload.GroupId, loan => true, CloseReasons.GroupDeleted, ct);
    }

    protected override void Changed(Guid groupId) => memberships.OnChanged(groupId);

    private async Task CloseOf(Guid groupId, Guid profileId, CancellationToken ct)
    {
        // A late event about someone who is back closes nothing.
        if (!await store.Read(db => db.MembersOf(groupId).AnyAsync(m => m.ProfileId == profileId, ct)))
            await Close(groupId, loan => loan.LenderId == profileId || loan.BorrowerId == profileId, CloseReasons.MemberGone, ct);
    }

    private async Task Close(Guid groupId, Expression<Func<Loan, bool>> which, string reason, CancellationToken ct)
    {
        while (true)
        {
            var closed = await store.Write<int>(async db =>
            {
                var open = await db.Loans.ForUpdate().Where(l => l.GroupId == groupId && l.State == BorrowState.Open).Where(which)
                    .OrderBy(l => l.Id).Take(BatchSize).ToListAsync(ct);
                open.ForEach(
                    loan => loan.TryMove(
                        db, BorrowAction.Withdraw, LoanParty.Service, actorId: null, time.Now(), reason: reason));
                return open.Count;
            }, ct);
            if (closed.Value < BatchSize)
                return;
        }
    }
}
