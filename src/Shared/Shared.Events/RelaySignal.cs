using System.Collections.Concurrent;

namespace Beat.Messaging.Shared.Events;

/// <summary>Tells a module's relay that there is something to do, so that it need not wait for its next look.</summary>
public sealed class RelaySignal
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> signals = new();

    public void Set(string module)
    {
        var signal = Of(module);
        // One waiting signal is enough: the relay takes all that is there.
        if (signal.CurrentCount == 0)
            signal.Release();
    }

    /// <returns>False when <paramref name="limit"/> passed without a signal.</returns>
    public Task<bool> Wait(string module, TimeSpan limit, CancellationToken ct) => Of(module).WaitAsync(limit, ct);

    private SemaphoreSlim Of(string module) => signals.GetOrAdd(module, _ => new SemaphoreSlim(0));
}
