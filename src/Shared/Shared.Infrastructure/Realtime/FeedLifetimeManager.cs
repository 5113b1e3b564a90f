using Beat.Messaging.Shared.Infrastructure.Auth;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Shared.Infrastructure.Realtime;

/// <summary>Tells the feed and presence of the connections that SignalR opens and closes.</summary>
internal sealed class FeedLifetimeManager<THub>(
    GroupFeed feed, Presence presence, ILogger<FeedConnection> connectionLog, ILogger<DefaultHubLifetimeManager<THub>> log)
    : DefaultHubLifetimeManager<THub>(log)
    where THub : Hub
{
    public override async Task OnConnectedAsync(HubConnectionContext connection)
    {
        await base.OnConnectedAsync(connection);
        var opened = new FeedConnection(connection, connection.User.Caller(), connectionLog);
        connection.Features.Set(opened);
        feed.Connected(opened);
        presence.Connected(opened.Caller.ProfileId, opened.Id);
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
