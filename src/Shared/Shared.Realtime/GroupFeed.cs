using System.Text.Json;
using Beat.Messaging.Shared.Hosting.Json;
using Beat.Messaging.Shared.Hosting.Operations;

namespace Beat.Messaging.Shared.Realtime;

/// <summary>
/// Reads what was pushed before, from a number to a number, both included: each as UTF-8 JSON, in order, from the first on.
/// </summary>
public delegate Task<IReadOnlyList<ReadOnlyMemory<byte>>> FeedHistory(Guid groupId, long from, long to);

/// <summary>
/// The one place that writes to connections: who listens to which group, and every push to them, on this node and by the
/// backplane on the others. What is pushed is serialised once, a batch is one write per connection, the pushes of a group reach
/// each connection in the order of the calls, numbered ones in the order of their numbers whichever node made them, and nothing
/// ever waits for a client. All methods are safe to call from anywhere and return at once.
/// </summary>
public sealed partial class GroupFeed
{
    private const string Evictions = "evict";

    /// <summary>How long a numbered push is held for those before it, until they are read from history.</summary>
    private static readonly TimeSpan GapTimeout = TimeSpan.FromMilliseconds(250);

    private const int CatchUpLimit = 500;

    private readonly ConcurrentDictionary<Guid, FeedGroup> groups = new();
    private readonly ConcurrentDictionary<Guid, FeedConnection[]> people = new();
    private readonly INodeBackplane backplane;
    private readonly TimeProvider time;
    private readonly ILogger<GroupFeed> log;

    public GroupFeed(INodeBackplane backplane, TimeProvider time, ILogger<GroupFeed> log)
    {
        (this.backplane, this.time, this.log) = (backplane, time, log);
        backplane.Subscribe(Evictions, OnEviction);
    }

    /// <summary>
    /// Where numbered pushes can be read that did not come; set once at start, by the module that numbers them.
    /// </summary>
    public FeedHistory History { private get; set; } = static (
        _, _, _) => Task.FromResult<IReadOnlyList<ReadOnlyMemory<byte>>>([]);

    /// <summary>The groups that somebody on this node listens to, as of now.</summary>
    public IReadOnlyCollection<Guid> SubscribedGroups => [.. groups.Keys];

    /// <summary>Who listens to which group on this node, each pair once, as of now.</summary>
    public IReadOnlyCollection<(Guid GroupId, Guid ProfileId)> Subscribers =>
        [.. groups.SelectMany(group => group.Value.People.Select(profileId => (group.Key, profileId)))];

    /// <summary>Connections to this node, as of now.</summary>
    public int ConnectionCount => people.Values.Sum(connections => connections.Length);

    /// <summary>Whether somebody on this node listens to the group.</summary>
    public bool HasSubscribers(Guid groupId) => groups.ContainsKey(groupId);

    /// <summary>Whether a push to the group may reach anybody, here or on another node.</summary>
    public bool HasListeners(Guid groupId) => groups.ContainsKey(groupId) || backplane.IsOpen;

    /// <summary>Whether a person has a connection on this node.</summary>
    public bool IsConnected(Guid profileId) => people.ContainsKey(profileId);

    /// <summary>Pushes one event to all who listen to the group, on every node.</summary>
    public void Push(Guid groupId, string eventName, object payload)
    {
        if (!HasListeners(groupId))
            return;
        var json = Serialize(payload);
        Find(groupId)?.Push(new FeedPush(groupId, eventName, json));
        backplane.Publish(ChannelOf(groupId), new NodeMessage(eventName, 0, [json]));
    }

    /// <summary>Same, to those on this node, for what every node finds out by itself.</summary>
    public void PushLocally(Guid groupId, string eventName, object payload) =>
        Find(groupId)?.Push(new FeedPush(groupId, eventName, Serialize(payload)));

    /// <summary>Pushes several of one event, in their order, as one write per connection, on every node.</summary>
    /// <param name="first">The number of the first in the order of the group; the others follow without a gap.</param>
    /// <param name="payloadJson">Each as UTF-8 JSON; copied before this returns.</param>
    public void PushNumbered(Guid groupId, string eventName, long first, IReadOnlyList<ReadOnlyMemory<byte>> payloadJson)
    {
        PushNumberedLocally(new NumberedPush(groupId, eventName, first, payloadJson));
        backplane.Publish(ChannelOf(groupId), new NodeMessage(eventName, first, payloadJson));
    }

    /// <summary>
    /// Pushes from history, to those on this node, what is numbered up to <paramref name="head"/> and was not pushed yet.
    /// </summary>
    public async Task CatchUp(Guid groupId, string eventName, long head)
    {
        if (Find(groupId)?.Next is not { } next || next == 0 || next > head)
            return;
        var missed = await History(groupId, next, Math.Min(head, next + CatchUpLimit - 1));
        if (missed.Count > 0)
            PushNumberedLocally(new NumberedPush(groupId, eventName, next, missed));
    }

    /// <summary>
    /// Pushes to all connections of a person whose token has the scope, whatever groups they listen to, on every node.
    /// </summary>
    public void PushToPerson(Guid profileId, string eventName, object payload, string requiredScope)
    {
        if (!people.ContainsKey(profileId) && !backplane.IsOpen)
            return;
        var json = Serialize(payload);
        PushToPersonLocally(profileId, eventName, json, requiredScope);
        backplane.Publish(
            ChannelOfPerson(profileId),
            new NodeMessage(eventName, 0, [json, JsonSerializer.SerializeToUtf8Bytes(requiredScope)]));
    }

    /// <summary>
    /// Begins to listen, with pushes held back: read the membership after this, then <see cref="FeedSubscription.Activate"/> or
    /// <see cref="FeedSubscription.Drop"/>, so that a removal in between is not missed. For a connection that listens already it
    /// is the same subscription again, which pushes go on reaching.
    /// </summary>
    public FeedSubscription Begin(FeedConnection connection, Guid groupId)
    {
        while (true)
        {
            if (!groups.TryGetValue(groupId, out var group))
            {
                group = new FeedGroup(groupId, groups, OnGroupRetired);
                if (!groups.TryAdd(groupId, group))
                    continue;
                group.Subscribed = SubscribeToGroup(groupId);
            }
            if (group.Begin(connection) is { } subscription)
                return subscription;
        }
    }

    /// <summary>Stops listening, also to what waits for a slow client.</summary>
    public void Leave(FeedConnection connection, Guid groupId) =>
        Find(groupId)?.Remove(subscription => subscription.Connection == connection);

    /// <summary>
    /// Once this returns, nothing more of the group is written to this person by this node; the others are told.
    /// </summary>
    public void Evict(Guid groupId, Guid profileId)
    {
        EvictLocally(groupId, profileId);
        backplane.Publish(Evictions, new NodeMessage(Evictions, 0, [groupId.ToByteArray(), profileId.ToByteArray()]));
    }

    /// <summary>Same, for what every node finds out by itself.</summary>
    public void EvictLocally(Guid groupId, Guid profileId) =>
        Find(groupId)?.Remove(subscription => subscription.Connection.Caller.ProfileId == profileId);

    /// <summary>Once this returns, nothing more of the group is written to anybody by this node; the others are told.</summary>
    public void EvictAll(Guid groupId)
    {
        Find(groupId)?.Remove(_ => true);
        backplane.Publish(Evictions, new NodeMessage(Evictions, 0, [groupId.ToByteArray()]));
    }

    /// <summary>
    /// Closes all connections of a person to this node, for what every node finds out by itself; nothing more is written to them.
    /// </summary>
    public void EndHere(Guid profileId)
    {
        foreach (var connection in people.GetValueOrDefault(profileId) ?? [])
            connection.Abort();
    }

    internal void Connected(FeedConnection connection)
    {
        var profileId = connection.Caller.ProfileId;
        people.AddOrUpdate(
            profileId,
            static (_, opened) => [opened],
            static (_, others, opened) => [.. others, opened],
            connection);
        SubscribeToPerson(profileId);
    }

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
        if (others.Length > 0 || !people.TryRemove(new(profileId, others)))
            return;
        backplane.Unsubscribe(ChannelOfPerson(profileId));
        // They came back in between: whoever is later listens again.
        if (people.TryGetValue(profileId, out var back) && back.Length > 0)
            SubscribeToPerson(profileId);
    }

    private static string ChannelOf(Guid groupId) => $"group:{groupId}";

    private static string ChannelOfPerson(Guid profileId) => $"person:{profileId}";

    private void SubscribeToPerson(Guid profileId) =>
        backplane.Subscribe(ChannelOfPerson(profileId), message => PushToPersonLocally(
        profileId, message.Name, message.Payloads[0], JsonSerializer.Deserialize<string>(message.Payloads[1].Span)!));

    private Task SubscribeToGroup(Guid groupId) => backplane.Subscribe(ChannelOf(groupId), message =>
    {
        if (message.Number > 0)
            PushNumberedLocally(new NumberedPush(groupId, message.Name, message.Number, message.Payloads));
        else
            Find(groupId)?.Push(new FeedPush(groupId, message.Name, message.Payloads));
    });

    private void OnGroupRetired(Guid groupId)
    {
        backplane.Unsubscribe(ChannelOf(groupId));
        // Somebody joined in between: whoever is later listens again.
        if (Find(groupId) is { } again)
            again.Subscribed = SubscribeToGroup(groupId);
    }

    private void OnEviction(NodeMessage message)
    {
        var groupId = new Guid(message.Payloads[0].Span);
        if (message.Payloads.Count > 1)
            EvictLocally(groupId, new Guid(message.Payloads[1].Span));
        else
            Find(groupId)?.Remove(_ => true);
    }

    private void PushToPersonLocally(Guid profileId, string eventName, ReadOnlyMemory<byte> json, string requiredScope)
    {
        if (!people.TryGetValue(profileId, out var connections))
            return;
        var push = new FeedPush(groupId: null, eventName, json);
        foreach (var connection in connections)
        {
            if (!connection.Caller.Has(requiredScope))
                continue;
            connection.Write(push);
            Telemetry.Deliveries.Add(1);
        }
    }

    private void PushNumberedLocally(NumberedPush push)
    {
        if (push.Payloads.Count > 0 && Find(push.GroupId) is { } group && group.Push(push))
            _ = FillGap(group, push);
    }

    /// <summary>What another node numbered before is late: waits a little for it, then reads it.</summary>
    private async Task FillGap(FeedGroup group, NumberedPush waiting)
    {
        try
        {
            await Task.Delay(GapTimeout, time);
            while (group.Gap is var (from, to))
            {
                var missed = await History(waiting.GroupId, from, Math.Min(to, from + CatchUpLimit - 1));
                if (missed.Count == 0)
                    break;
                group.Push(waiting with { First = from, Payloads = missed });
            }
        }
        catch (Exception away)
        {
            LogUnfilled(away, waiting.GroupId);
        }
        group.Skip();
    }

    private FeedGroup? Find(Guid groupId) => groups.GetValueOrDefault(groupId);

    private static ReadOnlyMemory<byte> Serialize(object payload) =>
        JsonSerializer.SerializeToUtf8Bytes(payload, WireJson.Options);

    [LoggerMessage(
        121, LogLevel.Warning, "Messages of group {GroupId} that another node stored could not be read; clients will page")]
    private partial void LogUnfilled(Exception failure, Guid groupId);
}
