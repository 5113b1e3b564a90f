using Beat.Messaging.Shared.Events.Persistence;

namespace Beat.Messaging.Shared.Events;

/// <summary>What is on its way to the subscribers in this process and on other nodes.</summary>
public sealed class InlineDeliveries(IEnumerable<IModuleDatabase> databases, TimeProvider time)
{
    /// <summary>How long a caller waits, after a commit, for the subscribers in this process.</summary>
    internal static readonly TimeSpan CallerTimeout = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>
    /// Waits as long as the one who made a change would, so that whoever repeats it reads what it made. A repeat has no events of
    /// its own, and may be answered while those of the first are still being delivered, here or by another node. Never throws:
    /// what was done is done, whether its events can be looked at or not.
    /// </summary>
    /// <param name="key">By which the events are told in order: the group's id.</param>
    public async Task WaitUntilDelivered(Guid key, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(CallerTimeout);
        await Wait(key.ToString(), limit.Token).WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task Wait(string key, CancellationToken ct)
    {
        foreach (var database in databases)
        {
            while (await IsOwed(database, key, ct))
                await Task.Delay(Pause, time, ct);
        }
    }

    /// <summary>Without what failed before: that may take its time.</summary>
    private static async Task<bool> IsOwed(IModuleDatabase database, string key, CancellationToken ct)
    {
        await using var db = database.Open();
        return await db.Deliveries
            .Where(d => d.Subscriber != EventRelay.Mirror && d.ParkedAt == null && d.Attempts == 0)
            .AnyAsync(d => db.Outbox.Any(e => e.EventId == d.EventId && e.Key == key), ct);
    }
}
