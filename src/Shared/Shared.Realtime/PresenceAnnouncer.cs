namespace Beat.Messaging.Shared.Realtime;

/// <summary>
/// Tells groups who of them came online and went, at most once per group and <see cref="AnnounceInterval"/>. Who went and came
/// back within one interval is announced as they are at its end. Each node tells those who are connected to it.
/// </summary>
public sealed class PresenceAnnouncer : IDisposable
{
    public static readonly TimeSpan AnnounceInterval = TimeSpan.FromSeconds(2);

    private readonly GroupFeed feed;
    private readonly Lock gate = new();
    private readonly ITimer timer;
    private Dictionary<Guid, Dictionary<Guid, bool>> changes = [];

    public PresenceAnnouncer(GroupFeed feed, TimeProvider time)
    {
        this.feed = feed;
        timer = time.CreateTimer(_ => Flush(), null, AnnounceInterval, AnnounceInterval);
    }

    public void Announce(Guid groupId, Guid profileId, bool online)
    {
        lock (gate)
        {
            if (!changes.TryGetValue(groupId, out var people))
                changes[groupId] = people = [];
            people[profileId] = online;
        }
    }

    public void Dispose() => timer.Dispose();

    private void Flush()
    {
        Dictionary<Guid, Dictionary<Guid, bool>> taken;
        lock (gate)
            (taken, changes) = (changes, []);
        foreach (var (groupId, people) in taken)
        {
            var ids = people.ToLookup(person => person.Value, person => person.Key);
            feed.PushLocally(groupId, "PresenceChanged", new PresencePush(groupId, [.. ids[true]], [.. ids[false]]));
        }
    }
}

/// <param name="Joined">Who came online.</param>
/// <param name="Left">Who went.</param>
public sealed record PresencePush(Guid GroupId, IReadOnlyList<Guid> Joined, IReadOnlyList<Guid> Left);
