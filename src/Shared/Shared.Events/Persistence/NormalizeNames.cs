using Beat.Messaging.Shared.Hosting.Text;
using Microsoft.Extensions.Hosting;

namespace Beat.Messaging.Shared.Events.Persistence;

/// <summary>
/// After an update that changed how names are folded: folds those of before anew, a few at a time, beside the service's other
/// work. A row says by its <c>FoldingVersion</c> whether it was done, so this goes on where it was.
/// </summary>
public abstract class NormalizeNames<TContext, TRow>(ModuleStore<TContext> store, TimeProvider time) : BackgroundService
    where TContext : ModuleContext
    where TRow : class
{
    private const int BatchSize = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.2);

    /// <summary>Gives each of the rows what this version makes of its name, and the version.</summary>
    protected abstract Task Normalize(TContext db, IReadOnlyList<TRow> rows, CancellationToken ct);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await NormalizeBatch(stoppingToken) is { IsProblem: false, Value: false })
                    return;
            }
            catch (StoreUnavailableException)
            {
                // It goes on where it was.
            }
            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>Whether there may be more. A problem, where somebody else took what was free: it is for another time.</returns>
    public Task<Result<bool>> NormalizeBatch(CancellationToken ct) => store.Write<bool>(async db =>
    {
        var rows = await db.Set<TRow>().ForUpdate().Where(row => EF.Property<int>(row, "FoldingVersion") != SearchText.Version)
            .Take(BatchSize).ToListAsync(ct);
        await Normalize(db, rows, ct);
        return rows.Count == BatchSize;
    }, ct, onConflict: Problems.StoreUnavailable);
}
