using System.Collections.Concurrent;

namespace Beat.Messaging.Shared.Events;

/// <summary>Tells the relay that a source has something to deliver, so that it need not wait for its next look.</summary>
public sealed class RelaySignal(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> signals = new();

    /// <param name="name">Of the source.</param>
    public void Set(string name)
    {
        var signal = Of(name);
        // One waiting signal is enough: the relay takes all that is there.
        if (signal.CurrentCount == 0)
            signal.Release();
    }

    /// <summary>Completes with the next signal.</summary>
    internal Task Wait(string name, CancellationToken ct) => Of(name).WaitAsync(ct);

    /// <summary>Completes with the next signal, or when <paramref name="limit"/> has passed.</summary>
    internal async Task Wait(string name, TimeSpan limit, CancellationToken ct)
    {
        await using var late = time.CreateTimer(_ => Set(name), null, limit, Timeout.InfiniteTimeSpan);
        await Wait(name, ct);
    }

    private SemaphoreSlim Of(string name) => signals.GetOrAdd(name, _ => new SemaphoreSlim(0));
}
