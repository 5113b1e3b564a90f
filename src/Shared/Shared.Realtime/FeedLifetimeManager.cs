using Beat.Messaging.Shared.Hosting.Auth;

namespace Beat.Messaging.Shared.Realtime;

/// <summary>
/// Tells the feed and presence of the connections that SignalR opens and closes, and closes those of deleted profiles.
/// </summary>
internal sealed class FeedLifetimeManager<THub> : DefaultHubLifetimeManager<THub>
    where THub : Hub
{
    private readonly GroupFeed feed;
    private readonly Presence presence;
    private readonly DeletedProfiles deleted;
    private readonly ILogger<FeedConnection> connectionLog;

    public FeedLifetimeManager(
        GroupFeed feed, Presence presence, DeletedProfiles deleted, ILogger<FeedConnection> connectionLog,
        ILogger<DefaultHubLifetimeManager<THub>> log)
        : base(log)
    {
        (this.feed, this.presence, this.deleted, this.connectionLog) = (feed, presence, deleted, connectionLog);
        deleted.Added += feed.EndHere;
    }

    public override async Task OnConnectedAsync(HubConnectionContext connection)
    {
        await base.OnConnectedAsync(connection);
        var opened = new FeedConnection(connection, connection.User.Caller(), connectionLog);
        connection.Features.Set(opened);
        feed.Connected(opened);
        presence.Connected(opened.Caller.ProfileId, opened.Id);
        // Deleted after the token was checked: either this sees it, or the feed has the connection already.
        if (deleted.Contains(opened.Caller.ProfileId))
            opened.Abort();
    }

    public override async Task OnDisconnectedAsync(HubConnectionContext connection)
    {
        // Absent when it did not get as far as that.
        if (connection.Features.Get<FeedConnection>() is { } closed)
        {
            feed.Disconnected(closed);
            presence.Disconnected(closed.Caller.ProfileId, closed.Id);
        }
        await base.OnDisconnectedAsync(connection);
    }
}
