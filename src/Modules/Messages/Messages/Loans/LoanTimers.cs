using Beat.Messaging.Shared.Events;
using Beat.Messaging.Shared.Hosting.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Messages.Loans;

/// <summary>
/// Closes requests that nobody answered and reminds of garments that are due. What is due is in the rows, and what was done is
/// noted there in the same transaction: a restart forgets nothing, and two nodes do nothing twice.
/// </summary>
internal sealed partial class LoanTimers(
    ModuleStore<MessagesContext> store, RelayLeases leases, TimeProvider time, ILogger<LoanTimers> log)
    : BackgroundService
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(10);
    private const int BatchSize = 100;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(PollInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    if (leases.Holds(MessagesModule.ModuleName))
                        await RunDue(stoppingToken);
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    LogWaiting(failure);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    internal async Task RunDue(CancellationToken ct)
    {
        await Each(
            (loans, now) => loans.Where(l => l.State == BorrowState.Open && l.ExpiresAt <= now).OrderBy(l => l.ExpiresAt),
            (db, loan, now) => loan.TryMove(db, BorrowAction.Expire, LoanParty.Service, actorId: null, now), ct);
        await Each(
            (loans, now) =>
            {
                var soon = now + Loan.RemindedAhead;
                return loans
                    .Where(l => l.State == BorrowState.HandedOver
                        && ((l.Reminders == 0 && l.DueAt <= soon) || (l.Reminders < 2 && l.DueAt <= now)))
                    .OrderBy(l => l.DueAt);
            },
            (db, loan, now) => loan.Remind(db, now), ct);
    }

    private async Task Each(
        Func<IQueryable<Loan>, DateTimeOffset, IQueryable<Loan>> due, Action<MessagesContext, Loan, DateTimeOffset> act,
        CancellationToken ct)
    {
        while (true)
        {
            var done = await store.Write<int>(async db =>
            {
                var now = time.Now();
                var some = await due(db.Loans.ForUpdate(), now).Take(BatchSize).ToListAsync(ct);
                some.ForEach(loan => act(db, loan, now));
                return some.Count;
            }, ct);
            if (done.Value < BatchSize)
                return;
        }
    }

    [LoggerMessage(230, LogLevel.Warning, "Loans could not be looked through for what is due")]
    private partial void LogWaiting(Exception failure);
}
