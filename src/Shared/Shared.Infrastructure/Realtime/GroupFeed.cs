using System.Collections.Concurrent;
using System.Text.Json;
using Beat.Messaging.Shared.Infrastructure.Json;

namespace Beat.Messaging.Shared.Infrastructure.Realtime;

/// <summary>
/// The one place that writes to connections: who listens to which group, and every push to them. What is pushed is serialised
/// once, a batch is one write per connection, the pushes of a group reach each connection in the order of the calls, and nothing
/// ever waits for a client. All methods are safe to call from anywhere and return at once.
/// </summary>
public sealed class GroupFeed
{
    private readonly ConcurrentDictionary<Guid, FeedGroup> groups = new();
    private readonly ConcurrentDictionary<Guid, FeedConnection[]> people = new();

    /// <summary>The groups that somebody on this node listens to, as of now.</summary>
    public IReadOnlyCollection<Guid> SubscribedGroups => [.. groups.Keys];

    /// <summary>Who listens to which group on this node, each pair once, as of now.</summary>
    public IReadOnlyCollection<(Guid GroupId, Guid ProfileId)> Subscribers =>
        [.. groups.SelectMany(group => group.Value.People.Select(profileId => (group.Key, profileId)))];

    public bool HasSubscribers(Guid groupId) => groups.ContainsKey(groupId);

    /// <summary>Whether a person has a connection on this node.</summary>
    public bool IsConnected(Guid profileId) => people.ContainsKey(profileId);

    /// <summary>Pushes one event to all who listen to the group.</summary>
    public void Push(Guid groupId, string eventName, object payload)
    {
        if (groups.TryGetValue(groupId, out var group))
            group.Push(new FeedPush(groupId, eventName, Serialize(payload)));
    }

    /// <summary>Pushes several of one event, in their order, as one write per connection.</summary>
    /// <param name="payloadJson">Each as UTF-8 JSON; copied before this returns.</param>
    public void PushBatch(Guid groupId, string eventName, IReadOnlyList<ReadOnlyMemory<byte>> payloadJson)
    {
        if (payloadJson.Count > 0 && groups.TryGetValue(groupId, out var group))
            group.Push(new FeedPush(groupId, eventName, payloadJson));
    }

    /// <summary>Pushes to all connections of a person whose token has the scope, whatever groups they listen to.</summary>
    public void PushToPerson(Guid profileId, string eventName, object payload, string requiredScope)
    {
        if (!people.TryGetValue(profileId, out var connections))
            return;
        var push = new FeedPush(groupId: null, eventName, Serialize(payload));
        foreach (var connection in connections)
        {
            if (connection.Caller.Has(requiredScope))
                connection.Write(push);
        }
    }

    /// <summary>
    /// Begins to listen, with pushes held back: read the membership after this, then <see cref="FeedSubscription.Activate"/> or
    /// <see cref="FeedSubscription.Drop"/>, so that a removal in between is not missed. For a connection that listens already it is
    /// the same subscription again, which pushes go on reaching.
    /// </summary>
    public FeedSubscription Begin(FeedConnection connection, Guid groupId)
    {
        while (true)
        {
            if (groups.GetOrAdd(groupId, static (id, all) => new FeedGroup(id, all), groups).Begin(connection) is { } subscription)
                return subscription;
        }
    }

    /// <summary>Stops listening, also to what waits for a slow client.</summary>
    public void Leave(FeedConnection connection, Guid groupId) =>
        Find(groupId)?.Remove(subscription => subscription.Connection == connection);

    /// <summary>Once this returns, nothing more of the group is written to this person.</summary>
    public void Evict(Guid groupId, Guid profileId) =>
        Find(groupId)?.Remove(subscription => subscription.Connection.Caller.ProfileId == profileId);

    /// <summary>Once this returns, nothing more of the group is written to anybody.</summary>
    public void EvictAll(Guid groupId) => Find(groupId)?.Remove(_ => true);

    internal void Connected(FeedConnection connection) => people.AddOrUpdate(
        connection.Caller.ProfileId,
        static (_, opened) => [opened],
        static (_, others, opened) => [.. others, opened],
        connection);

    internal void Disconnected(FeedConnection connection)
    {
        foreach (var groupId in connection.Close())
            Leave(connection, groupId);
        var profileId = connection.Caller.ProfileId;
        var others = people.AddOrUpdate(
            profileId,
            static (_, _) => [],
            static (_, all, closed) => [.. all.Where(other => other != closed)],
            connection);
        if (others.Length == 0)
            people.TryRemove(new(profileId, others));
    }

    private FeedGroup? Find(Guid groupId) => groups.GetValueOrDefault(groupId);

    private static ReadOnlyMemory<byte> Serialize(object payload) => JsonSerializer.SerializeToUtf8Bytes(payload, WireJson.Options);
}
