using Beat.Messaging.Invites.Data;
using Beat.Messaging.Shared.Infrastructure.Persistence;
using Beat.Messaging.Shared.Infrastructure.Time;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Invites.ExpireInvites;

/// <summary>Ends invites that nobody answered. What is due is in the store, so a restart forgets none.</summary>
internal sealed partial class ExpireInvites(ModuleStore<InvitesContext> store, TimeProvider time, ILogger<ExpireInvites> log) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);
    private const int BatchSize = 100;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Beat, time);
        try
        {
            do
            {
                try
                {
                    await ExpireDue(stoppingToken);
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

    internal async Task ExpireDue(CancellationToken ct)
    {
        while (true)
        {
            var ended = await store.Write<int>(async db =>
            {
                var now = time.Now();
                var due = await db.Invites.ForUpdate()
                    .Where(i => i.Status == InviteStatus.Pending && i.ExpiresAt <= now)
                    .OrderBy(i => i.ExpiresAt).Take(BatchSize).ToListAsync(ct);
                due.ForEach(invite => invite.Expire(db));
                return due.Count;
            }, ct);
            if (ended.Value < BatchSize)
                return;
        }
    }

    [LoggerMessage(500, LogLevel.Warning, "Invites could not be looked through for expired ones")]
    private partial void LogWaiting(Exception failure);
}
