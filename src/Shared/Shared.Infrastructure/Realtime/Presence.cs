using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;

namespace Beat.Messaging.Shared.Infrastructure.Realtime;

/// <summary>
/// Who is online: a person with at least one connection. A short absence, as when a phone changes networks, is none.
/// </summary>
public sealed class Presence(TimeProvider time) : BackgroundService
{
    /// <summary>An absence is announced when it has lasted this long.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<Guid, Entry> people = new();

    /// <summary>(profile id, online) whenever that changes; called on the thread that noticed.</summary>
    public event Action<Guid, bool>? Changed;

    /// <summary>False when presence cannot be told; in memory it always can.</summary>
    public bool IsKnown { get; } = true;

    public bool IsOnline(Guid profileId) => people.ContainsKey(profileId);

    /// <summary>Those of <paramref name="profileIds"/> who are online, in their order.</summary>
    public IReadOnlyList<Guid> Online(IEnumerable<Guid> profileIds) => [.. profileIds.Where(IsOnline)];

    internal void Connected(Guid profileId)
    {
        var isNew = false;
        people.AddOrUpdate(
            profileId,
            _ =>
            {
                isNew = true;
                return new Entry(1, null);
            },
            (_, entry) =>
            {
                isNew = false;
                return new Entry(entry.Connections + 1, null);
            });
        if (isNew)
            Changed?.Invoke(profileId, true);
    }

    internal void Disconnected(Guid profileId) => people.AddOrUpdate(
        profileId,
        _ => new Entry(0, time.GetUtcNow()),
        (_, entry) => entry.Connections > 1 ? entry with { Connections = entry.Connections - 1 } : new Entry(0, time.GetUtcNow()));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken).AsTask().ContinueWith(t => t.IsCompletedSuccessfully && t.Result, TaskScheduler.Default))
            Sweep();
    }

    internal void Sweep()
    {
        var before = time.GetUtcNow() - Grace;
        foreach (var person in people)
        {
            if (person.Value.LeftAt <= before && people.TryRemove(person))
                Changed?.Invoke(person.Key, false);
        }
    }

    /// <param name="LeftAt">When the last connection closed; null while there is one.</param>
    private readonly record struct Entry(int Connections, DateTimeOffset? LeftAt);
}
