using Beat.Messaging.Shared.Realtime;

namespace Beat.Messaging.Notifications.Pushes;

/// <param name="Unread">Notifications that are not read yet.</param>
internal sealed record UnreadChanged(int Unread);

internal sealed record NotificationWithdrawnPush(Guid Id);

/// <summary>Tells the recipient at once, on all of their connections to any node.</summary>
internal sealed class PushNotifications(GroupFeed feed, Presence presence, ModuleStore<NotificationsContext> store)
    : IEventHandler<NotificationCreated>, IEventHandler<NotificationWithdrawn>
{
    // Counted and pushed by one at a time per person, or an older count could come after a newer one.
    private readonly SemaphoreSlim[] turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];

    public Task Handle(Envelope<NotificationCreated> envelope, CancellationToken ct)
    {
        var recipientId = envelope.Payload.Metadata.RecipientId;
        feed.PushToPerson(recipientId, "NotificationReceived", envelope.Payload, NotificationScopes.View);
        return Unread(recipientId, ct);
    }

    public Task Handle(Envelope<NotificationWithdrawn> envelope, CancellationToken ct)
    {
        var (id, recipientId) = envelope.Payload;
        feed.PushToPerson(recipientId, "NotificationWithdrawn", new NotificationWithdrawnPush(id), NotificationScopes.View);
        return Unread(recipientId, ct);
    }

    public async Task Unread(Guid recipientId, CancellationToken ct)
    {
        if (!presence.IsOnline(recipientId))
            return;
        var turn = turns[(uint)recipientId.GetHashCode() % turns.Length];
        await turn.WaitAsync(ct);
        try
        {
            var unread = await store.Read(db => db.Notifications.CountAsync(n => n.RecipientId == recipientId && !n.IsRead, ct));
            feed.PushToPerson(recipientId, "UnreadChanged", new UnreadChanged(unread), NotificationScopes.View);
        }
        finally
        {
            turn.Release();
        }
    }
}
