using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Invites.ExpireInvites;

/// <summary>
/// Ends invites that nobody answered, and tells their invitees again before. What is due is in the store, so a restart forgets
/// none.
/// </summary>
internal sealed partial class ExpireInvites(ModuleStore<InvitesContext> store, TimeProvider time, ILogger<ExpireInvites> log)
    : BackgroundService
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(10);
    private const int BatchSize = 100;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(PollInterval, time);
        try
        {
            do
            {
                try
                {
                    await ExpireDue(stoppingToken);
                    await RemindDue(stoppingToken);
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    LogWaiting(failure);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    internal Task ExpireDue(CancellationToken ct) => InBatches(
        (pending, now) => pending.Where(i => i.ExpiresAt <= now).OrderBy(i => i.ExpiresAt),
        (db, invite, _) => invite.Expire(db), ct);

    /// <summary>Of several nodes that find an invite, the second waits for the first, and then finds it done.</summary>
    internal Task RemindDue(CancellationToken ct) => InBatches(
        (pending, now) => pending.Where(i => i.RemindAt <= now && i.ExpiresAt > now).OrderBy(i => i.RemindAt),
        (db, invite, now) =>
        {
            invite.RemindAt = null;
            invite.Resend(db, now);
        }, ct);

    private async Task InBatches(
        Func<IQueryable<Invite>, DateTimeOffset, IQueryable<Invite>> isDue, Action<InvitesContext, Invite, DateTimeOffset> change,
        CancellationToken ct)
    {
        while (true)
        {
            var changed = await store.Write<int>(async db =>
            {
                var now = time.Now();
                var due = await isDue(
                    db.Invites.ForUpdate().Where(i => i.Status == InviteStatus.Pending && i.EnteringAuthId == null), now)
                        .Take(BatchSize).ToListAsync(ct);
                due.ForEach(invite => change(db, invite, now));
                return due.Count;
            }, ct);
            if (changed.Value < BatchSize)
                return;
        }
    }

    [LoggerMessage(500, LogLevel.Warning, "Invites could not be looked through for those that are due")]
    private partial void LogWaiting(Exception failure);
}
