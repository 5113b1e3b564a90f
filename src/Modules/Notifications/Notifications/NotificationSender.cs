using System.Text.Json;
using Beat.Messaging.Notifications.Preferences;
using Beat.Messaging.Shared.Hosting.Time;
using Beat.Messaging.Shared.Realtime;

namespace Beat.Messaging.Notifications;

/// <summary>
/// Makes notifications: one handler for events of siblings and of other services, and the one place where preferences and what is
/// on the screen silence them.
/// </summary>
internal sealed class NotificationSender(ModuleStore<NotificationsContext> store, Focus focus, TimeProvider time)
{
    private const string Consumer = "notifications.Notify";
    private const int BatchSize = 500;

    /// <summary>
    /// Notifies each recipient at most once per <paramref name="sourceId"/>, however often this is called. Whom it was silenced
    /// for the first time is not told later.
    /// </summary>
    /// <param name="data">A JSON object; the group whose preferences count is its <c>group_id</c>.</param>
    /// <param name="isOver">Asked in the same transaction: whether there is nothing to tell any more.</param>
    public async Task Send(
        IReadOnlyList<Guid> recipients, Guid? actorId, string type, string title, string body, object data, Guid? referenceId,
        string? referenceType, string sourceId, CancellationToken ct, Func<NotificationsContext, Task<bool>>? isOver = null)
    {
        var json = Notification.DataOf(data);
        var ofGroup = GroupOf(json);
        var groupId = NotificationTypes.IsPersonal(type) ? null : ofGroup;
        foreach (var some in recipients.Where(id => id != actorId).Distinct().Chunk(BatchSize))
        {
            await store.Write(async db =>
            {
                if (isOver is not null && await isOver(db))
                    return;
                var told = await db.Notifications
                    .Where(n => some.Contains(n.RecipientId) && n.SourceId == sourceId)
                    .Select(n => n.RecipientId)
                    .ToListAsync(ct);
                var now = time.Now();
                var actorName = await db.Users.Where(u => u.ProfileId == actorId).Select(u => u.DisplayName)
                    .SingleOrDefaultAsync(ct);
                var listening = await ReadRecipients(db, some, type, groupId, now, ct);
                foreach (var recipientId in some.Except(told))
                {
                    if (groupId is not null && !await db.FirstTime(Consumer, $"{recipientId}:{sourceId}", ct))
                        continue;
                    if (!listening.Contains(recipientId))
                        continue;
                    Create(db, new Notification
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
                        GroupId = ofGroup,
                        InsertedAt = now,
                        SourceId = sourceId,
                    });
                }
            }, ct);
        }
    }

    /// <summary>
    /// Brings what is told of a message in line with a revision of it, unless a newer one was told: tells whom it is for and was
    /// not, takes back what is not read and not so any more, and tells again what was taken back and is so again. What is read
    /// stays.
    /// </summary>
    /// <param name="wanted">By recipient, what they are to be told.</param>
    /// <param name="keepsReplies">It is not known whom the message answers: what was told of that stays.</param>
    public Task Follow(
        Guid messageId, long revision, IReadOnlyDictionary<Guid, (string Type, string Title)> wanted, Guid actorId, string body,
        object data,
        Guid groupId, bool keepsReplies, CancellationToken ct) => store.Write(async db =>
    {
        // Locked until this commits: nothing is told of a group that is deleted at the same time.
        var isGone = await db.Groups.ForUpdate().SingleOrDefaultAsync(g => g.GroupId == groupId, ct) is { IsDeleted: true };
        if (!await IsNewer(db, messageId, revision, isDeleted: false, ct))
            return;
        var due = isGone ? new Dictionary<Guid, (string Type, string Title)>() : wanted;
        var sourceId = SourceOf(messageId);
        var told = await db.Notifications.ForUpdate().Where(n => n.SourceId == sourceId).OrderBy(n => n.Id).ToListAsync(ct);
        var now = time.Now();
        var listening = await ReadRecipients(db, [.. due.Keys], NotificationTypes.Mention, groupId, now, ct);
        foreach (var one in told)
        {
            if (!due.TryGetValue(one.RecipientId, out var what))
            {
                if (!keepsReplies || one.Type != NotificationTypes.Reply)
                    one.Withdraw(db);
                continue;
            }
            if (one.IsWithdrawn ? !listening.Contains(one.RecipientId) : one.IsRead || one.Type == what.Type)
                continue;
            (one.Type, one.Title) = what;
            one.Return(db);
        }
        var actorName = await db.Users.Where(u => u.ProfileId == actorId).Select(u => u.DisplayName).SingleOrDefaultAsync(ct);
        foreach (var (recipientId, (type, title)) in due.Where(one => !told.Exists(n => n.RecipientId == one.Key)))
        {
            if (!await db.FirstTime(Consumer, $"{recipientId}:{sourceId}", ct) || !listening.Contains(recipientId))
                continue;
            Create(db, new Notification
            {
                Id = Guid.CreateVersion7(now),
                RecipientId = recipientId,
                ActorId = actorId,
                ActorName = actorName,
                Type = type,
                Title = title,
                Body = body,
                Data = Notification.DataOf(data),
                ReferenceId = messageId,
                ReferenceType = "message",
                GroupId = groupId,
                InsertedAt = now,
                SourceId = sourceId,
            });
        }
    }, ct);

    /// <summary>
    /// A message was deleted: what was told of it and is not read is taken back, and nothing is told of it any more.
    /// </summary>
    public Task Withdraw(Guid messageId, long revision, CancellationToken ct) => store.Write(async db =>
    {
        if (!await IsNewer(db, messageId, revision, isDeleted: true, ct))
            return;
        var sourceId = SourceOf(messageId);
        var told = await db.Notifications.ForUpdate().Where(n => n.SourceId == sourceId).OrderBy(n => n.Id).ToListAsync(ct);
        told.ForEach(one => one.Withdraw(db));
    }, ct);

    /// <summary>
    /// What these sources told is over: it is taken back where it is not read, and not told where it is yet to come.
    /// </summary>
    public Task Withdraw(IReadOnlyList<Guid> recipients, IReadOnlyList<string> sourceIds, CancellationToken ct) =>
        store.Write(async db =>
    {
        foreach (var recipientId in recipients)
        {
            foreach (var sourceId in sourceIds)
                await db.FirstTime(Consumer, $"{recipientId}:{sourceId}", ct);
        }
        var told = await db.Notifications.ForUpdate()
            .Where(n => recipients.Contains(n.RecipientId) && sourceIds.Contains(n.SourceId) && !n.IsRead).OrderBy(n => n.Id)
            .ToListAsync(ct);
        told.ForEach(one => one.Withdraw(db));
    }, ct);

    /// <summary>Those whom nothing silences: still known, not muted, and not looking at it on any connection.</summary>
    /// <param name="groupId">Whose preferences count; null for none.</param>
    public async Task<HashSet<Guid>> ReadRecipients(
        NotificationsContext db, IReadOnlyCollection<Guid> recipients, string type, Guid? groupId, DateTimeOffset now,
        CancellationToken ct)
    {
        var gone = await db.Users.Where(u => recipients.Contains(u.ProfileId) && !u.IsKnown).Select(u => u.ProfileId)
            .ToListAsync(ct);
        var listening = recipients.Except(gone).ToHashSet();
        if (groupId is not { } group)
            return listening;
        listening.ExceptWith(await db.Preferences
            .Where(p => p.GroupId == group && recipients.Contains(p.ProfileId)
                && (p.Level == NotificationLevel.None || p.MutedUntil > now))
            .Select(p => p.ProfileId).ToListAsync(ct));
        if (NotificationTypes.IsOnScreen(type))
            listening.RemoveWhere(profileId => focus.IsFocusedOn(profileId, group));
        return listening;
    }

    private static string SourceOf(Guid messageId) => $"message:{messageId}";

    /// <summary>
    /// False when this revision of a message or a newer one was told before. Otherwise notes it, in the transaction of the
    /// effect.
    /// </summary>
    private static async Task<bool> IsNewer(
        NotificationsContext db, Guid messageId, long revision, bool isDeleted, CancellationToken ct)
    {
        var known = await db.MessageVersions.ForUpdate().SingleOrDefaultAsync(v => v.MessageId == messageId, ct);
        if (known is null)
            db.Add(known = new MessageVersion { MessageId = messageId });
        if (revision <= known.Revision)
            return false;
        (known.Revision, known.IsDeleted) = (revision, isDeleted);
        return true;
    }

    private static void Create(NotificationsContext db, Notification notification)
    {
        db.Add(notification);
        notification.Raise(db);
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
