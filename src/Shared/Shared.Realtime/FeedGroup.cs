using Beat.Messaging.Shared.Hosting.Operations;

namespace Beat.Messaging.Shared.Realtime;

/// <summary>
/// Those who listen to one group. Its lock makes the order of pushes the same as that of the calls, and makes a removal wait for
/// the push that is under way. It is taken before that of a connection, never after. Numbered pushes come from several nodes in
/// any order, and leave in that of their numbers, each once.
/// </summary>
/// <param name="groups">Where this one is found; it leaves when nobody listens any more.</param>
/// <param name="retired">Told when it leaves.</param>
internal sealed class FeedGroup(Guid id, ConcurrentDictionary<Guid, FeedGroup> groups, Action<Guid>? retired = null)
{
    private readonly SortedList<long, NumberedPush> ahead = [];
    private long next;

    private readonly Lock gate = new();
    private FeedSubscription[] subscriptions = [];
    private bool isRetired;

    /// <summary>Completes once other nodes' pushes reach this one.</summary>
    public Task Subscribed { get; set; } = Task.CompletedTask;

    /// <summary>The number that comes next; 0 while nobody knows.</summary>
    public long Next
    {
        get
        {
            lock (gate)
                return next;
        }
    }

    /// <summary>The numbers that others wait for; null when none do.</summary>
    public (long From, long To)? Gap
    {
        get
        {
            lock (gate)
                return ahead.Count > 0 ? (next, ahead.GetKeyAtIndex(0) - 1) : null;
        }
    }

    public IEnumerable<Guid> People => Volatile.Read(ref subscriptions).Select(s => s.Connection.Caller.ProfileId).Distinct();

    public void Push(FeedPush push)
    {
        lock (gate)
        {
            foreach (var subscription in subscriptions)
            {
                if (subscription.Held is { } held)
                {
                    held.Add(push);
                    subscription.Connection.ReserveHeld(push);
                }
                else
                {
                    subscription.Connection.Write(push);
                }
            }
            Telemetry.Deliveries.Add((long)push.Count * subscriptions.Length);
        }
    }

    /// <summary>Says where numbers start for those who listen now, unless that is known.</summary>
    public void Expect(long number)
    {
        lock (gate)
        {
            if (next == 0)
                next = number;
        }
    }

    /// <returns>Whether it is the first that has to wait for those before it.</returns>
    public bool Push(NumberedPush push)
    {
        lock (gate)
        {
            if (next != 0 && push.First > next)
            {
                ahead[push.First] = push;
                return ahead.Count == 1;
            }
            PushFrom(push);
            PushAhead();
            return false;
        }
    }

    /// <summary>Goes on without what never came: clients see the gap, and read history.</summary>
    public void Skip()
    {
        lock (gate)
        {
            if (ahead.Count == 0)
                return;
            next = ahead.GetKeyAtIndex(0);
            PushAhead();
        }
    }

    private void PushFrom(NumberedPush push)
    {
        if (push.Next <= next)
            return;
        Push(push.From(Math.Max(next, push.First)));
        next = push.Next;
    }

    private void PushAhead()
    {
        while (ahead.Count > 0 && ahead.GetKeyAtIndex(0) <= next)
        {
            var push = ahead.GetValueAtIndex(0);
            ahead.RemoveAt(0);
            PushFrom(push);
        }
    }

    /// <summary>Null when this object has just been retired: another takes its place.</summary>
    public FeedSubscription? Begin(FeedConnection connection)
    {
        lock (gate)
        {
            if (isRetired)
                return null;
            if (Array.Find(subscriptions, s => s.Connection == connection) is { } same)
                return same;
            var subscription = new FeedSubscription(this, connection);
            subscriptions = [.. subscriptions, subscription];
            // A connection that has just ended was not told to leave this group: it leaves here.
            if (!connection.Add(id))
                Remove(s => s == subscription);
            return subscription;
        }
    }

    public bool Activate(FeedSubscription subscription)
    {
        lock (gate)
        {
            if (!subscriptions.Contains(subscription))
                return false;
            if (subscription.Held is { } held)
                subscription.Connection.WriteHeld(held);
            subscription.Held = null;
            return true;
        }
    }

    public void Remove(Func<FeedSubscription, bool> whom)
    {
        lock (gate)
        {
            foreach (var gone in subscriptions.Where(whom))
                gone.Connection.Remove(id, gone.Held);
            subscriptions = [.. subscriptions.Where(s => !whom(s))];
            isRetired = subscriptions.Length == 0;
            if (isRetired && groups.TryRemove(new(id, this)))
                retired?.Invoke(id);
        }
    }
}

/// <summary>That a connection listens to a group, or is about to.</summary>
public sealed class FeedSubscription
{
    private readonly FeedGroup group;

    internal FeedSubscription(FeedGroup group, FeedConnection connection) => (this.group, Connection) = (group, connection);

    internal FeedConnection Connection { get; }

    /// <summary>What came before it was active; null once it is.</summary>
    internal List<FeedPush>? Held { get; set; } = [];

    /// <summary>
    /// Writes what was held back, in order, and everything from now on. Does nothing when it is active already.
    /// </summary>
    /// <returns>False when it was removed meanwhile, or the connection has ended: the join is refused.</returns>
    public bool Activate() => group.Activate(this);

    /// <summary>Completes once pushes of other nodes come, too: read history after this.</summary>
    public Task Subscribed => group.Subscribed;

    /// <summary>What was numbered below this is known to the client from history.</summary>
    public void Expect(long number) => group.Expect(number);

    /// <summary>Ends it, also one that was active before the join which is refused now.</summary>
    public void Drop() => group.Remove(subscription => subscription == this);
}
