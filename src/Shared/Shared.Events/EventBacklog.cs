using Beat.Messaging.Shared.Hosting.Time;

namespace Beat.Messaging.Shared.Events;

/// <summary>What operators see of the events that are on their way, and what they can do.</summary>
public sealed class EventBacklog(IEnumerable<IEventSource> sources, RelaySignal signal, TimeProvider time)
{
    /// <summary>Returns what is pending, source by source.</summary>
    public async Task<IReadOnlyList<Backlog>> Read(CancellationToken ct)
    {
        var backlogs = new List<Backlog>();
        foreach (var source in sources)
            backlogs.Add(await source.ReadBacklog(ct));
        return backlogs;
    }

    /// <summary>Returns how many deliveries failed for good, and were not replayed.</summary>
    public async Task<int> CountParked(CancellationToken ct)
    {
        var parked = 0;
        foreach (var source in sources)
            parked += await source.CountParked(ct);
        return parked;
    }

    /// <inheritdoc cref="IEventSource.ReadParked"/>
    public async Task<IReadOnlyList<ParkedEvent>> ReadParked(int limit, CancellationToken ct)
    {
        var parked = new List<ParkedEvent>();
        foreach (var source in sources)
            parked.AddRange(await source.ReadParked(limit - parked.Count, ct));
        return parked;
    }

    /// <inheritdoc cref="IEventSource.Replay"/>
    public async Task<int> Replay(CancellationToken ct)
    {
        var replayed = 0;
        foreach (var source in sources)
        {
            replayed += await source.Replay(time.Now(), ct);
            signal.Set(source.Name);
        }
        return replayed;
    }
}
