using System.Text;

namespace Beat.Messaging.Shared.Realtime;

/// <summary>
/// What people look at, on whatever node: the group that each connection has on its screen. Nodes tell each other what changes and,
/// every 15 s, all of their own; what was not heard again for 45 s has ended with its node. While the link is away this node's
/// own connections count.
/// </summary>
public sealed class Focus : IDisposable
{
    private const string Channel = "focus";
    private const int MostPerMessage = 500;
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    private readonly INodeLink link;
    private readonly TimeProvider time;
    private readonly ITimer beat;
    private readonly Lock gate = new();
    private readonly Dictionary<Guid, Dictionary<string, Screen>> people = [];

    public Focus(INodeLink link, Presence presence, TimeProvider time)
    {
        (this.link, this.time) = (link, time);
        presence.LocalChanged += (connection, isOpen) =>
        {
            if (!isOpen)
                SetHere(connection, null);
        };
        link.Restored += Renew;
        link.Listen(Channel, Hear);
        beat = time.CreateTimer(_ => Renew(), null, Beat, Beat);
    }

    /// <param name="groupId">Null when it shows none.</param>
    public void Set(FeedConnection connection, Guid? groupId)
    {
        lock (gate)
        {
            // One that ended meanwhile was forgotten before this.
            if (!connection.IsClosed)
                SetHere(new PresentConnection(connection.Caller.ProfileId, connection.Id), groupId);
        }
    }

    /// <summary>Whether a connection of the person shows the group.</summary>
    public bool IsOn(Guid profileId, Guid groupId)
    {
        lock (gate)
        {
            return people.TryGetValue(profileId, out var screens)
                && screens.Values.Any(screen => screen.GroupId == groupId && (screen.HeardAt is null || (link.IsOpen && !IsStale(screen))));
        }
    }

    public void Dispose() => beat.Dispose();

    private bool IsStale(Screen screen) => screen.HeardAt + Presence.Staleness <= time.GetUtcNow();

    private void SetHere(PresentConnection connection, Guid? groupId)
    {
        lock (gate)
        {
            var before = people.GetValueOrDefault(connection.ProfileId)?.GetValueOrDefault(connection.ConnectionId)?.GroupId;
            if (before == groupId)
                return;
            Note(connection, groupId is { } shown ? new Screen(shown, HeardAt: null) : null);
            Tell([(connection, groupId)]);
        }
    }

    private void Note(PresentConnection connection, Screen? screen)
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

    private void Tell(IEnumerable<(PresentConnection Connection, Guid? GroupId)> shown) => link.Publish(Channel, new NodeMessage(Channel, 0,
        [.. shown.SelectMany(one => new ReadOnlyMemory<byte>[] { Encoding.UTF8.GetBytes(one.Connection.ToString()), one.GroupId?.ToByteArray() ?? [] })]));

    private void Hear(NodeMessage message)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            for (var i = 0; i + 1 < message.Payloads.Count; i += 2)
            {
                if (PresentConnection.Read(Encoding.UTF8.GetString(message.Payloads[i].Span)) is { } connection)
                    Note(connection, message.Payloads[i + 1].Length == 16 ? new Screen(new Guid(message.Payloads[i + 1].Span), now) : null);
            }
        }
    }

    private void Renew()
    {
        lock (gate)
        {
            var all = people.SelectMany(person => person.Value.Select(screen => (Connection: new PresentConnection(person.Key, screen.Key), Screen: screen.Value))).ToList();
            foreach (var (connection, _) in all.Where(one => IsStale(one.Screen)))
                Note(connection, null);
            foreach (var some in all.Where(one => one.Screen.HeardAt is null).Chunk(MostPerMessage))
                Tell(some.Select(one => (one.Connection, (Guid?)one.Screen.GroupId)));
        }
    }

    /// <param name="HeardAt">When its node last said so; null for a connection of this one.</param>
    private sealed record Screen(Guid GroupId, DateTimeOffset? HeardAt);
}
