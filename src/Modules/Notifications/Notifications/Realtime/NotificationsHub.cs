using System.Text.Json;
using Beat.Messaging.Notifications.Contracts;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Infrastructure.Realtime;
using Beat.Messaging.Shared.Infrastructure.Web;

namespace Beat.Messaging.Notifications.Realtime;

/// <summary>The hub's door to the same handler that REST has.</summary>
internal sealed class NotificationsHub(ReadNotifications.ReadNotifications read) : INotificationsHub
{
    public async Task<IOutcome> MarkNotificationRead(FeedConnection connection, JsonElement id)
    {
        var bound = Binder.BindValue<Guid>("id", id);
        return bound.IsProblem ? bound : await read.One(bound.Value, connection.Caller, CancellationToken.None);
    }
}
