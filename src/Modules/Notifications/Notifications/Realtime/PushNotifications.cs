using Beat.Messaging.Notifications.Contracts;
using Beat.Messaging.Notifications.Data;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Infrastructure.Persistence;
using Beat.Messaging.Shared.Infrastructure.Realtime;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Notifications.Realtime;

/// <param name="Unread">Notifications that are not read yet.</param>
internal sealed record UnreadChanged(int Unread);

/// <summary>Tells the recipient at once, on all of their connections.</summary>
internal sealed class PushNotifications(GroupFeed feed, ModuleStore<NotificationsContext> store) : IEventHandler<NotificationCreated>
{
    public Task Handle(Envelope<NotificationCreated> envelope, CancellationToken ct)
    {
        var recipientId = envelope.Payload.Metadata.RecipientId;
        feed.PushToPerson(recipientId, "NotificationReceived", envelope.Payload, Scopes.NotificationView);
        return Unread(recipientId, ct);
    }

    public async Task Unread(Guid recipientId, CancellationToken ct)
    {
        if (feed.IsConnected(recipientId))
        {
            var unread = await store.Read(db => db.Notifications.CountAsync(n => n.RecipientId == recipientId && !n.IsRead, ct));
            feed.PushToPerson(recipientId, "UnreadChanged", new UnreadChanged(unread), Scopes.NotificationView);
        }
    }
}
