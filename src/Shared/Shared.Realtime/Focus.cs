using System.Text;

namespace Beat.Messaging.Shared.Realtime;

/// <summary>
/// What people look at, on whatever node: the group that each connection has on its screen. Nodes tell each other what changes
/// and, every 15 s, all of their own; what was not heard again for 45 s has ended with its node. While the backplane is away this
/// node's own connections count.
/// </summary>
public sealed class Focus : IDisposable
{
    private const string Channel = "focus";
    private const int MaxPerMessage = 500;
    private static readonly TimeSpan RenewInterval = TimeSpan.FromSeconds(15);

    private readonly INodeBackplane backplane;
    private readonly TimeProvider time;
    private readonly ITimer renewTimer;
    private readonly Lock gate = new();
    private readonly Dictionary<Guid, Dictionary<string, FocusEntry>> people = [];

    public Focus(INodeBackplane backplane, Presence presence, TimeProvider time)
    {
        (this.backplane, this.time) = (backplane, time);
        presence.LocalChanged += (connection, isOpen) =>
        {
            if (!isOpen)
                SetLocal(connection, null);
        };
        backplane.Restored += Renew;
        backplane.Subscribe(Channel, OnMessage);
        renewTimer = time.CreateTimer(_ => Renew(), null, RenewInterval, RenewInterval);
    }

    /// <param name="groupId">Null when it shows none.</param>
    public void SetFocus(FeedConnection connection, Guid? groupId)
    {
        lock (gate)
        {
            // One that ended meanwhile was forgotten before this.
            if (!connection.IsClosed)
                SetLocal(new PresentConnection(connection.Caller.ProfileId, connection.Id), groupId);
        }
    }

    /// <summary>Whether a connection of the person shows the group.</summary>
    public bool IsFocusedOn(Guid profileId, Guid groupId)
    {
        lock (gate)
        {
            return people.TryGetValue(profileId, out var screens)
                && screens.Values.Any(
                    screen => screen.GroupId == groupId && (screen.HeardAt is null || (backplane.IsOpen && !IsStale(screen))));
        }
    }

    public void Dispose() => renewTimer.Dispose();

    private bool IsStale(FocusEntry screen) => screen.HeardAt + Presence.Staleness <= time.GetUtcNow();

    private void SetLocal(PresentConnection connection, Guid? groupId)
    {
        lock (gate)
        {
            var before = people.GetValueOrDefault(connection.ProfileId)?.GetValueOrDefault(connection.ConnectionId)?.GroupId;
            if (before == groupId)
                return;
            Store(connection, groupId is { } shown ? new FocusEntry(shown, HeardAt: null) : null);
            Publish([(connection, groupId)]);
        }
    }

    private void Store(PresentConnection connection, FocusEntry? screen)
    {
        if (!people.TryGetValue(connection.ProfileId, out var screens))
            people[connection.ProfileId] = screens = [];
        if (screen is null)
            screens.Remove(connection.ConnectionId);
        else
            screens[connection.ConnectionId] = screen;
        if (screens.Count == 0)
            people.Remove(connection.ProfileId);
    }

    private void Publish(IEnumerable<(PresentConnection Connection, Guid? GroupId)> shown) =>
        backplane.Publish(Channel, new NodeMessage(Channel, 0,
        [.. shown.SelectMany(
            one => new ReadOnlyMemory<byte>[] { Encoding.UTF8.GetBytes(one.Connection.ToString()),
                one.GroupId?.ToByteArray() ?? [] })]));

    private void OnMessage(NodeMessage message)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            for (var i = 0; i + 1 < message.Payloads.Count; i += 2)
            {
                if (PresentConnection.Read(Encoding.UTF8.GetString(message.Payloads[i].Span)) is { } connection)
                    Store(connection, message.Payloads[i + 1].Length == 16
                        ? new FocusEntry(new Guid(message.Payloads[i + 1].Span), now)
                        : null);
            }
        }
    }

    private void Renew()
    {
        lock (gate)
        {
            var all = people.SelectMany(
                person => person.Value.Select(
                    screen => (Connection: new PresentConnection(person.Key, screen.Key), Screen: screen.Value))).ToList();
            foreach (var (connection, _) in all.Where(one => IsStale(one.Screen)))
                Store(connection, null);
            foreach (var some in all.Where(one => one.Screen.HeardAt is null).Chunk(MaxPerMessage))
                Publish(some.Select(one => (one.Connection, (Guid?)one.Screen.GroupId)));
        }
    }

    /// <param name="HeardAt">When its node last said so; null for a connection of this one.</param>
    private sealed record FocusEntry(Guid GroupId, DateTimeOffset? HeardAt);
}
