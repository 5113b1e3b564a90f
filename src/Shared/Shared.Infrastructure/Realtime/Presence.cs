namespace Beat.Messaging.Shared.Infrastructure.Realtime;

/// <summary>
/// Who is online: a person with at least one connection. An absence that ends within <see cref="Grace"/>, as when a phone changes
/// networks, is none.
/// </summary>
public sealed class Presence : IDisposable
{
    /// <summary>How long an absence lasts before it counts.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly Dictionary<Guid, Person> people = [];
    private readonly Queue<(Guid ProfileId, DateTimeOffset At)> departures = new();
    private readonly ITimer sweep;

    public Presence(TimeProvider time)
    {
        this.time = time;
        sweep = time.CreateTimer(_ => Sweep(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>
    /// (profile id, online) at each change, in order; what a handler sees agrees with <see cref="IsOnline"/>. A handler must be
    /// quick and must not throw: connections wait for it.
    /// </summary>
    public event Action<Guid, bool>? PresenceChanged;

    /// <summary>False when presence cannot be told (<c>state: "unknown"</c>); in memory it always can.</summary>
    public bool IsKnown { get; } = true;

    public bool IsOnline(Guid profileId)
    {
        lock (gate)
            return people.ContainsKey(profileId);
    }

    /// <summary>Those of <paramref name="profileIds"/> who are online, in their order.</summary>
    public IReadOnlyList<Guid> Online(IEnumerable<Guid> profileIds)
    {
        lock (gate)
            return [.. profileIds.Where(people.ContainsKey)];
    }

    public void Dispose() => sweep.Dispose();

    internal void Connected(Guid profileId)
    {
        lock (gate)
        {
            var known = people.TryGetValue(profileId, out var person);
            people[profileId] = new Person(person.Connections + 1, LeftAt: null);
            if (!known)
                PresenceChanged?.Invoke(profileId, true);
        }
    }

    internal void Disconnected(Guid profileId)
    {
        lock (gate)
        {
            var others = people[profileId].Connections - 1;
            var now = time.GetUtcNow();
            people[profileId] = new Person(others, others == 0 ? now : null);
            if (others == 0)
                departures.Enqueue((profileId, now));
        }
    }

    private void Sweep()
    {
        lock (gate)
        {
            while (departures.TryPeek(out var departure) && departure.At + Grace <= time.GetUtcNow())
            {
                departures.Dequeue();
                // Who came back has left at another time since, or not at all.
                if (people.TryGetValue(departure.ProfileId, out var person) && person.LeftAt == departure.At)
                {
                    people.Remove(departure.ProfileId);
                    PresenceChanged?.Invoke(departure.ProfileId, false);
                }
            }
        }
    }

    /// <param name="LeftAt">When the last connection closed; null while there is one.</param>
    private readonly record struct Person(int Connections, DateTimeOffset? LeftAt);
}
