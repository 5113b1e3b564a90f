using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using Beat.Messaging.Shared.Infrastructure.Json;
using Microsoft.AspNetCore.SignalR;

namespace Beat.Messaging.Shared.Infrastructure.Realtime;

/// <summary>
/// The one place that writes to connections: who listens to which group, and everything that is pushed to them. What is pushed is
/// serialised once; a batch is one write per connection; nothing ever waits for a client.
/// </summary>
public sealed class GroupFeed
{
    private readonly ConcurrentDictionary<Guid, GroupSubscribers> groups = new();
    private readonly ConcurrentDictionary<Guid, FeedConnection[]> people = new();

    /// <summary>Groups that somebody on this node listens to.</summary>
    public IEnumerable<Guid> SubscribedGroups => groups.Where(group => group.Value.Any).Select(group => group.Key);

    public bool HasSubscribers(Guid groupId) => groups.TryGetValue(groupId, out var group) && group.Any;

    /// <summary>Pushes one event to all who listen to the group.</summary>
    public void Push(Guid groupId, string eventName, object payload)
    {
        if (groups.TryGetValue(groupId, out var group))
            group.Push(Serialize(eventName, [JsonSerializer.SerializeToUtf8Bytes(payload, payload.GetType(), WireJson.Options)]));
    }

    /// <summary>Pushes several of one event, in order, as one write per connection.</summary>
    /// <param name="payloads">UTF-8 JSON of each.</param>
    public void PushBatch(Guid groupId, string eventName, IReadOnlyList<ReadOnlyMemory<byte>> payloads)
    {
        if (groups.TryGetValue(groupId, out var group))
            group.Push(Serialize(eventName, payloads));
    }

    /// <summary>Pushes to all connections of a person whose token has the scope.</summary>
    public void PushToPerson(Guid profileId, string eventName, object payload, string scope)
    {
        if (!people.TryGetValue(profileId, out var connections))
            return;
        var push = Serialize(eventName, [JsonSerializer.SerializeToUtf8Bytes(payload, payload.GetType(), WireJson.Options)]);
        foreach (var connection in connections)
        {
            if (connection.Caller.Has(scope))
                connection.Write(push.Message, push.Bytes);
        }
    }

    /// <summary>
    /// Begins to listen: pushes are held until <see cref="Subscription.Activate"/>, so that the membership can be checked after this
    /// and a kick in between is not missed.
    /// </summary>
    public Subscription Begin(FeedConnection connection, Guid groupId)
    {
        while (true)
        {
            var group = groups.GetOrAdd(groupId, static _ => new GroupSubscribers());
            if (group.Begin(connection) is not { } subscriber)
                continue;
            lock (connection.Groups)
                connection.Groups.Add(groupId);
            return new Subscription(this, groupId, subscriber);
        }
    }

    /// <summary>Stops listening.</summary>
    public void Leave(FeedConnection connection, Guid groupId)
    {
        lock (connection.Groups)
            connection.Groups.Remove(groupId);
        Remove(groupId, subscriber => subscriber.Connection == connection);
    }

    /// <summary>Nothing of the group is written to this person any more once this returns.</summary>
    public void Evict(Guid groupId, Guid profileId) => Remove(groupId, subscriber => subscriber.Connection.Caller.ProfileId == profileId);

    /// <summary>Same, for everybody.</summary>
    public void EvictAll(Guid groupId) => Remove(groupId, _ => true);

    /// <summary>The open connections of a person on this node.</summary>
    public IReadOnlyList<FeedConnection> ConnectionsOf(Guid profileId) => people.GetValueOrDefault(profileId) ?? [];

    internal void Connected(FeedConnection connection) => people.AddOrUpdate(
        connection.Caller.ProfileId, _ => [connection], (_, others) => [.. others, connection]);

    internal void Disconnected(FeedConnection connection)
    {
        Guid[] left;
        lock (connection.Groups)
            left = [.. connection.Groups];
        foreach (var groupId in left)
            Leave(connection, groupId);
        var profileId = connection.Caller.ProfileId;
        var others = people.AddOrUpdate(profileId, _ => [], (_, all) => [.. all.Where(c => c != connection)]);
        if (others.Length == 0)
            people.TryRemove(new(profileId, others));
    }

    internal void Remove(Guid groupId, Func<Subscriber, bool> whom)
    {
        if (groups.TryGetValue(groupId, out var group) && group.Remove(whom))
            groups.TryRemove(new(groupId, group));
    }

    /// <summary>Invocations back to back, each ended by 0x1E, as the JSON hub protocol has them.</summary>
    private static Pushed Serialize(string eventName, IReadOnlyList<ReadOnlyMemory<byte>> payloads)
    {
        var head = JsonSerializer.SerializeToUtf8Bytes(eventName);
        var buffer = new ArrayBufferWriter<byte>(payloads.Sum(payload => payload.Length + head.Length + 40));
        foreach (var payload in payloads)
        {
            buffer.Write("""{"type":1,"target":"""u8);
            buffer.Write(head);
            buffer.Write(""","arguments":["""u8);
            buffer.Write(payload.Span);
            buffer.Write("]}\u001e"u8);
        }
        return new Pushed(new SerializedHubMessage([new SerializedMessage("json", buffer.WrittenMemory)]), buffer.WrittenCount);
    }

    /// <param name="Bytes">As it counts against <see cref="FeedConnection.MaxPendingBytes"/>.</param>
    internal readonly record struct Pushed(SerializedHubMessage Message, int Bytes);

    internal sealed class Subscriber(FeedConnection connection)
    {
        public FeedConnection Connection => connection;

        /// <summary>What came while the membership was being checked; null once active.</summary>
        public List<Pushed>? Held { get; set; } = [];
    }

    /// <summary>Those who listen to one group. Its lock keeps the pushes of a group in order on every connection.</summary>
    private sealed class GroupSubscribers
    {
        private readonly Lock gate = new();
        private Subscriber[] subscribers = [];
        private bool isRetired;

        public bool Any => Volatile.Read(ref subscribers).Length > 0;

        public void Push(Pushed push)
        {
            lock (gate)
            {
                foreach (var subscriber in subscribers)
                {
                    if (subscriber.Held is { } held)
                        held.Add(push);
                    else
                        subscriber.Connection.Write(push.Message, push.Bytes);
                }
            }
        }

        /// <summary>Null when this object has just been retired: take the next one.</summary>
        public Subscriber? Begin(FeedConnection connection)
        {
            lock (gate)
            {
                if (isRetired)
                    return null;
                if (Array.Find(subscribers, s => s.Connection == connection) is { } again)
                    return again;
                var subscriber = new Subscriber(connection);
                subscribers = [.. subscribers, subscriber];
                return subscriber;
            }
        }

        public bool Activate(Subscriber subscriber)
        {
            lock (gate)
            {
                if (!subscribers.Contains(subscriber))
                    return false;
                foreach (var push in subscriber.Held ?? [])
                    subscriber.Connection.Write(push.Message, push.Bytes);
                subscriber.Held = null;
                return true;
            }
        }

        /// <returns>Whether nobody is left, so that the group can be forgotten.</returns>
        public bool Remove(Func<Subscriber, bool> whom)
        {
            lock (gate)
            {
                subscribers = [.. subscribers.Where(subscriber => !whom(subscriber))];
                return isRetired = subscribers.Length == 0;
            }
        }
    }

    /// <summary>A subscription whose membership is still being checked.</summary>
    public readonly struct Subscription
    {
        private readonly GroupFeed feed;
        private readonly Guid groupId;
        private readonly Subscriber subscriber;

        internal Subscription(GroupFeed feed, Guid groupId, Subscriber subscriber) =>
            (this.feed, this.groupId, this.subscriber) = (feed, groupId, subscriber);

        /// <summary>Writes what was held and everything from now on.</summary>
        /// <returns>False when an eviction came first.</returns>
        public bool Activate() => feed.groups.TryGetValue(groupId, out var group) && group.Activate(subscriber);

        public void Drop() => feed.Leave(subscriber.Connection, groupId);
    }
}
