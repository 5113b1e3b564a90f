using Beat.Messaging.Notifications.Data;
using Beat.Messaging.Shared.Infrastructure.Persistence;
using Beat.Messaging.Shared.Infrastructure.Time;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Notifications;

/// <summary>Makes notifications: one handler for events of siblings and of other services.</summary>
internal sealed class Notify(ModuleStore<NotificationsContext> store, TimeProvider time)
{
    private const int BatchSize = 500;

    /// <summary>Notifies each recipient once per <paramref name="sourceId"/>, however often this is called.</summary>
    public async Task Run(
        IReadOnlyList<Guid> recipients, Guid? actorId, string type, string title, string body, object data, Guid? referenceId, string? referenceType,
        string sourceId, CancellationToken ct)
    {
        foreach (var some in recipients.Where(id => id != actorId).Distinct().Chunk(BatchSize))
        {
            await store.Write<bool>(async db =>
            {
                var told = await db.Notifications
                    .Where(n => some.Contains(n.RecipientId) && n.SourceId == sourceId)
                    .Select(n => n.RecipientId)
                    .ToListAsync(ct);
                var now = time.Now();
                foreach (var recipientId in some.Except(told))
                {
                    var notification = new Notification
                    {
                        Id = Guid.CreateVersion7(now),
                        RecipientId = recipientId,
                        ActorId = actorId,
                        Type = type,
                        Title = title,
                        Body = body,
                        Data = Notification.DataOf(data),
                        ReferenceId = referenceId,
                        ReferenceType = referenceType,
                        InsertedAt = now,
                        SourceId = sourceId,
                    };
                    db.Add(notification);
                    db.Raise(notification.ToCreated(), notification.Id, version: 1);
                }
                return true;
            }, ct);
        }
    }
}
