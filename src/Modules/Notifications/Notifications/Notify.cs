using System.Text.Json;
using Beat.Messaging.Notifications.Data;
using Beat.Messaging.Notifications.Preferences;
using Beat.Messaging.Shared.Infrastructure.Persistence;
using Beat.Messaging.Shared.Infrastructure.Realtime;
using Beat.Messaging.Shared.Infrastructure.Time;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Notifications;

/// <summary>
/// Makes notifications: one handler for events of siblings and of other services, and the one place where preferences and what is
/// on the screen silence them.
/// </summary>
internal sealed class Notify(ModuleStore<NotificationsContext> store, Focus focus, TimeProvider time)
{
    private const string Consumer = "notifications.Notify";
    private const int BatchSize = 500;

    /// <summary>
    /// Notifies each recipient at most once per <paramref name="sourceId"/>, however often this is called. Whom it was silenced for
    /// the first time is not told later.
    /// </summary>
    /// <param name="data">A JSON object; the group whose preferences count is its <c>group_id</c>.</param>
    public async Task Run(
        IReadOnlyList<Guid> recipients, Guid? actorId, string type, string title, string body, object data, Guid? referenceId, string? referenceType,
        string sourceId, CancellationToken ct)
    {
        var json = Notification.DataOf(data);
        var groupId = NotificationTypes.IsPersonal(type) ? null : GroupOf(json);
        foreach (var some in recipients.Where(id => id != actorId).Distinct().Chunk(BatchSize))
        {
            await store.Write<bool>(async db =>
            {
                var told = await db.Notifications
                    .Where(n => some.Contains(n.RecipientId) && n.SourceId == sourceId)
                    .Select(n => n.RecipientId)
                    .ToListAsync(ct);
                var now = time.Now();
                var actorName = await db.Users.Where(u => u.ProfileId == actorId).Select(u => u.DisplayName).SingleOrDefaultAsync(ct);
                var listening = await Listening(db, some, type, groupId, now, ct);
                foreach (var recipientId in some.Except(told))
                {
                    if (groupId is not null && !await db.FirstTime(Consumer, $"{recipientId}:{sourceId}", ct))
                        continue;
                    if (!listening.Contains(recipientId))
                        continue;
                    var notification = new Notification
                    {
                        Id = Guid.CreateVersion7(now),
                        RecipientId = recipientId,
                        ActorId = actorId,
                        ActorName = actorName,
                        Type = type,
                        Title = title,
                        Body = body,
                        Data = json,
                        ReferenceId = referenceId,
                        ReferenceType = referenceType,
                        InsertedAt = now,
                        SourceId = sourceId,
                    };
                    db.Add(notification);
                    notification.Tell(db);
                }
                return true;
            }, ct);
        }
    }

    /// <summary>Those whom nothing silences: still known, not muted, and not looking at it on any connection.</summary>
    /// <param name="groupId">Whose preferences count; null for none.</param>
    public async Task<HashSet<Guid>> Listening(
        NotificationsContext db, IReadOnlyCollection<Guid> recipients, string type, Guid? groupId, DateTimeOffset now, CancellationToken ct)
    {
        var gone = await db.Users.Where(u => recipients.Contains(u.ProfileId) && !u.IsKnown).Select(u => u.ProfileId).ToListAsync(ct);
        var listening = recipients.Except(gone).ToHashSet();
        if (groupId is not { } group)
            return listening;
        listening.ExceptWith(await db.Preferences
            .Where(p => p.GroupId == group && recipients.Contains(p.ProfileId) && (p.Level == NotificationLevel.None || p.MutedUntil > now))
            .Select(p => p.ProfileId).ToListAsync(ct));
        if (NotificationTypes.IsOnScreen(type))
            listening.RemoveWhere(profileId => focus.IsOn(profileId, group));
        return listening;
    }

    private static Guid? GroupOf(string data)
    {
        using var document = JsonDocument.Parse(data);
        return document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("group_id", out var id)
            && id.ValueKind == JsonValueKind.String && id.TryGetGuid(out var groupId)
            ? groupId
            : null;
    }
}
