using System.Security.Claims;
using Beat.Messaging.Shared.Abstractions;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Shared.Infrastructure.Realtime;

/// <summary>Tells the feed and presence of the connections that SignalR opens and closes.</summary>
internal sealed class FeedLifetimeManager<THub>(
    GroupFeed feed, Presence presence, Func<ClaimsPrincipal, Caller> callerOf, ILogger<DefaultHubLifetimeManager<THub>> log)
    : DefaultHubLifetimeManager<THub>(log)
    where THub : Hub
{
    public override async Task OnConnectedAsync(HubConnectionContext connection)
    {
        await base.OnConnectedAsync(connection);
        var opened = new FeedConnection(connection, callerOf(connection.User));
        connection.Items[typeof(FeedConnection)] = opened;
        feed.Connected(opened);
        presence.Connected(opened.Caller.ProfileId);
    }

    public override async Task OnDisconnectedAsync(HubConnectionContext connection)
    {
        if (connection.Items.TryGetValue(typeof(FeedConnection), out var item) && item is FeedConnection closed)
        {
            feed.Disconnected(closed);
            presence.Disconnected(closed.Caller.ProfileId);
        }
        await base.OnDisconnectedAsync(connection);
    }
}
