namespace Beat.Messaging.Shared.Realtime;

/// <summary>
/// Who is online, on whatever node: a person with at least one connection. An absence that ends within <see cref="Grace"/>, as
/// when a phone changes networks, is none. Each node holds all of it in memory; <see cref="RedisPresence"/> keeps the nodes
/// together.
/// </summary>
public sealed class Presence : IDisposable
{
    /// <summary>How long an absence lasts before it counts.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a connection of another node counts without being renewed: so that those of a node that was killed end.
    /// </summary>
    internal static readonly TimeSpan Staleness = TimeSpan.FromSeconds(45);

    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly Dictionary<Guid, Person> people = [];
    private readonly HashSet<PresentConnection> local = [];
    private readonly Dictionary<PresentConnection, (DateTimeOffset RenewedAt, DateTimeOffset HeardAt)> remote = [];
    private readonly Queue<(Guid ProfileId, DateTimeOffset At)> departures = new();
    private readonly ITimer sweep;
    private volatile bool isKnown = true;

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

    /// <summary>A connection of this node opened or closed; for those who tell other nodes. Same rules.</summary>
    internal event Action<PresentConnection, bool>? LocalChanged;

    /// <summary>False while other nodes cannot be asked (<c>state: "unknown"</c>).</summary>
    public bool IsKnown
    {
        get => isKnown;
        internal set => isKnown = value;
    }

    /// <summary>The connections of this node.</summary>
    internal IReadOnlyCollection<PresentConnection> Local
    {
        get
        {
            lock (gate)
                return [.. local];
        }
    }

    public bool IsOnline(Guid profileId)
    {
        lock (gate)
            return people.ContainsKey(profileId);
    }

    /// <summary>Those of <paramref name="profileIds"/> who are online, in their order; nobody while that is not known.</summary>
    public IReadOnlyList<Guid> Online(IEnumerable<Guid> profileIds)
    {
        lock (gate)
            return isKnown ? [.. profileIds.Where(people.ContainsKey)] : [];
    }

    public void Dispose() => sweep.Dispose();

    internal void Connected(Guid profileId, string connectionId)
    {
        var opened = new PresentConnection(profileId, connectionId);
        lock (gate)
        {
            local.Add(opened);
            Add(opened);
            LocalChanged?.Invoke(opened, true);
        }
    }

    internal void Disconnected(Guid profileId, string connectionId)
    {
        var closed = new PresentConnection(profileId, connectionId);
        lock (gate)
        {
            local.Remove(closed);
            Remove(closed, Grace);
            LocalChanged?.Invoke(closed, false);
        }
    }

    /// <summary>Another node told of one of its connections.</summary>
    internal void OnRemoteChanged(PresentConnection connection, bool isOpen, DateTimeOffset renewedAt)
    {
        lock (gate)
        {
            if (isOpen)
            {
                remote[connection] = (renewedAt, time.GetUtcNow());
                Add(connection);
            }
            else if (remote.Remove(connection))
            {
                Remove(connection, Grace);
            }
        }
    }

    /// <summary>
    /// All connections of all nodes, as they were read after <paramref name="askedAt"/>; what was heard since stays.
    /// </summary>
    internal void Merge(IReadOnlyDictionary<PresentConnection, DateTimeOffset> all, DateTimeOffset askedAt)
    {
        lock (gate)
        {
            foreach (var (connection, renewedAt) in all)
            {
                if (local.Contains(connection))
                    continue;
                remote[connection] = (renewedAt, time.GetUtcNow());
                Add(connection);
            }
            foreach (var gone in remote.Where(r => !all.ContainsKey(r.Key) && r.Value.HeardAt < askedAt).Select(r => r.Key)
                .ToList())
            {
                remote.Remove(gone);
                Remove(gone, Grace);
            }
        }
    }

    private void Add(PresentConnection connection)
    {
        if (!people.TryGetValue(connection.ProfileId, out var person))
        {
            people[connection.ProfileId] = person = new Person();
            person.Connections.Add(connection.ConnectionId);
            PresenceChanged?.Invoke(connection.ProfileId, true);
            return;
        }
        person.Connections.Add(connection.ConnectionId);
        person.LeftAt = null;
    }

    private void Remove(PresentConnection connection, TimeSpan grace)
    {
        if (!people.TryGetValue(connection.ProfileId, out var person) || !person.Connections.Remove(connection.ConnectionId)
            || person.Connections.Count > 0)
            return;
        if (grace == TimeSpan.Zero)
        {
            people.Remove(connection.ProfileId);
            PresenceChanged?.Invoke(connection.ProfileId, false);
            return;
        }
        var now = time.GetUtcNow();
        person.LeftAt = now;
        departures.Enqueue((connection.ProfileId, now));
    }

    private void Sweep()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            while (departures.TryPeek(out var departure) && departure.At + Grace <= now)
            {
                departures.Dequeue();
                // Who came back has left at another time since, or not at all.
                if (people.TryGetValue(departure.ProfileId, out var person) && person.LeftAt == departure.At)
                {
                    people.Remove(departure.ProfileId);
                    PresenceChanged?.Invoke(departure.ProfileId, false);
                }
            }
            // While nobody can be asked, nobody is thought gone: the next answer tells.
            if (!isKnown)
                return;
            foreach (var stale in remote.Where(r => r.Value.RenewedAt + Staleness <= now).Select(r => r.Key).ToList())
            {
                remote.Remove(stale);
                Remove(stale, TimeSpan.Zero);
            }
        }
    }

    private sealed class Person
    {
        public HashSet<string> Connections { get; } = [];

        /// <summary>When the last connection closed; null while there is one.</summary>
        public DateTimeOffset? LeftAt { get; set; }
    }
}

/// <summary>A connection of somebody.</summary>
internal readonly record struct PresentConnection(Guid ProfileId, string ConnectionId)
{
    public override string ToString() => $"{ProfileId}:{ConnectionId}";

    public static PresentConnection? Read(string text) =>
        text.Length > 37 && text[36] == ':' && Guid.TryParse(text.AsSpan(0, 36), out var profileId)
            ? new(profileId, text[37..])
            : null;
}
