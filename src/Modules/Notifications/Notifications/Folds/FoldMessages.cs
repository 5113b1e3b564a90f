using Beat.Messaging.Notifications.Preferences;
using Beat.Messaging.Shared.Hosting.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Notifications.Folds;

/// <param name="Concerned">For whom it is not counted: its sender, and those who are told of it by itself. Null: for nobody, as it is deleted.</param>
internal sealed record FoldedMessage(long Seq, IReadOnlyCollection<Guid>? Concerned);

/// <summary>
/// Tells those who want all messages of a group of them: the first at once, what follows as the same unread notification, at most
/// once in <see cref="Fold.Pause"/>. Costs nothing for members who do not want it.
/// </summary>
internal sealed partial class FoldMessages(
    ModuleStore<NotificationsContext> store, Notify notify, TimeProvider time, ILogger<FoldMessages> log) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);
    private const int BatchSize = 500;

    /// <summary>Those of the groups in which somebody wants all.</summary>
    public Task<List<Guid>> Wanted(IReadOnlyCollection<Guid> groupIds, CancellationToken ct) => store.Read(db => db.Preferences
        .Where(p => groupIds.Contains(p.GroupId) && p.Level == NotificationLevel.All)
        .Select(p => p.GroupId).Distinct().ToListAsync(ct));

    /// <param name="messages">Of one group, in order of seq.</param>
    public async Task Add(Guid groupId, IReadOnlyList<FoldedMessage> messages, CancellationToken ct)
    {
        var wanting = await store.Read(db => db.Preferences
            .Where(p => p.GroupId == groupId && p.Level == NotificationLevel.All)
            .Select(p => p.ProfileId).ToListAsync(ct));
        foreach (var some in wanting.Chunk(BatchSize))
        {
            await store.Write<bool>(async db =>
            {
                var now = time.Now();
                var group = await db.Groups.AsNoTracking().SingleOrDefaultAsync(g => g.GroupId == groupId, ct);
                var folds = await db.Folds.ForUpdate().Where(f => f.GroupId == groupId && some.Contains(f.ProfileId)).ToDictionaryAsync(f => f.ProfileId, ct);
                var listening = await Listening(db, groupId, some, now, ct);
                var unread = await Unread(db, folds.Values, ct);
                foreach (var profileId in some)
                {
                    if (!folds.TryGetValue(profileId, out var fold))
                        db.Add(fold = new Fold { GroupId = groupId, ProfileId = profileId });
                    var news = messages.Where(m => m.Seq > fold.Seq && m.Concerned?.Contains(profileId) == false).ToList();
                    fold.Seq = Math.Max(fold.Seq, messages[^1].Seq);
                    if (news.Count == 0 || !listening.Contains(profileId))
                        continue;
                    var told = fold.NotificationId is { } id ? unread.GetValueOrDefault(id) : null;
                    if (told is null)
                        fold.Begin();
                    news.ForEach(m => fold.Add(m.Seq));
                    if (told is null || fold.ToldAt + Fold.Pause <= now)
                        Tell(db, fold, told, group?.Name ?? "a group", now);
                    else
                        fold.DueAt ??= fold.ToldAt + Fold.Pause;
                }
                return true;
            }, ct);
        }
    }

    /// <summary>Takes back messages that were deleted: the count follows at once, and is told as a new one would be; without any left the notification goes.</summary>
    public async Task Remove(Guid groupId, IReadOnlyList<long> seqs, CancellationToken ct)
    {
        var (first, last) = (seqs.Min(), seqs.Max());
        if (!await store.Read(db => Having(db).AnyAsync(ct)))
            return;
        await store.Write<bool>(async db =>
        {
            var name = await db.Groups.Where(g => g.GroupId == groupId).Select(g => g.Name).SingleOrDefaultAsync(ct) ?? "a group";
            var folds = await Having(db).ForUpdate().OrderBy(f => f.ProfileId).ToListAsync(ct);
            var unread = await Unread(db, folds, ct);
            foreach (var fold in folds)
            {
                if (!unread.TryGetValue(fold.NotificationId!.Value, out var told) || !fold.Remove(seqs))
                    continue;
                if (fold.Count == 0)
                {
                    told.Withdraw(db);
                    fold.DueAt = null;
                    continue;
                }
                (told.Title, told.Data) = Describe(fold, name);
                fold.DueAt ??= fold.ToldAt + Fold.Pause;
            }
            return true;
        }, ct);

        IQueryable<Fold> Having(NotificationsContext db) => db.Folds
            .Where(f => f.GroupId == groupId && f.NotificationId != null && f.FirstSeq <= last && f.LastSeq >= first);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Beat, time);
        try
        {
            do
            {
                try
                {
                    await TellDue(stoppingToken);
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    LogWaiting(failure);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>What was counted since it was told, of those whose pause is over.</summary>
    internal async Task TellDue(CancellationToken ct)
    {
        var now = time.Now();
        // Most beats have nothing to do, and need not wait for their turn to write.
        while (await store.Read(db => db.Folds.AnyAsync(f => f.DueAt <= now, ct)))
        {
            await store.Write<bool>(async db =>
            {
                var due = await db.Folds.ForUpdate().Where(f => f.DueAt <= now).OrderBy(f => f.DueAt).Take(BatchSize).ToListAsync(ct);
                var unread = await Unread(db, due, ct);
                foreach (var folds in due.GroupBy(fold => fold.GroupId))
                {
                    var name = await db.Groups.Where(g => g.GroupId == folds.Key).Select(g => g.Name).SingleOrDefaultAsync(ct) ?? "a group";
                    var wanting = await db.Preferences
                        .Where(p => p.GroupId == folds.Key && p.Level == NotificationLevel.All).Select(p => p.ProfileId).ToListAsync(ct);
                    var listening = await Listening(db, folds.Key, [.. folds.Select(fold => fold.ProfileId).Intersect(wanting)], now, ct);
                    foreach (var fold in folds)
                    {
                        fold.DueAt = null;
                        if (listening.Contains(fold.ProfileId) && unread.GetValueOrDefault(fold.NotificationId!.Value) is { } told)
                            Tell(db, fold, told, name, now);
                    }
                }
                return true;
            }, ct);
        }
    }

    private static void Tell(NotificationsContext db, Fold fold, Notification? told, string groupName, DateTimeOffset now)
    {
        var (title, data) = Describe(fold, groupName);
        if (told is null)
        {
            db.Add(told = new Notification
            {
                Id = Guid.CreateVersion7(now),
                RecipientId = fold.ProfileId,
                Type = NotificationTypes.Message,
                Title = title,
                Body = "Open the group to read on.",
                Data = data,
                ReferenceId = fold.GroupId,
                ReferenceType = "group",
                GroupId = fold.GroupId,
                InsertedAt = now,
                SourceId = $"fold:{fold.GroupId}:{fold.FirstSeq}",
            });
        }
        (told.Title, told.Data) = (title, data);
        told.Tell(db);
        (fold.NotificationId, fold.ToldAt, fold.DueAt) = (told.Id, now, null);
    }

    private static (string Title, string Data) Describe(Fold fold, string groupName) => (
        fold.Count == 1 ? $"1 new message in {groupName}" : $"{fold.Count} new messages in {groupName}",
        Notification.DataOf(new { fold.GroupId, GroupName = groupName, fold.Count, fold.FirstSeq, fold.LastSeq }));

    private static async Task<Dictionary<Guid, Notification>> Unread(NotificationsContext db, IEnumerable<Fold> folds, CancellationToken ct)
    {
        var ids = folds.Select(fold => fold.NotificationId).OfType<Guid>().ToList();
        return await db.Notifications.ForUpdate().Where(n => ids.Contains(n.Id) && !n.IsRead).ToDictionaryAsync(n => n.Id, ct);
    }

    private async Task<HashSet<Guid>> Listening(NotificationsContext db, Guid groupId, Guid[] profileIds, DateTimeOffset now, CancellationToken ct)
    {
        var members = await db.MembersOf(groupId).Where(m => profileIds.Contains(m.ProfileId)).Select(m => m.ProfileId).ToListAsync(ct);
        return await notify.Listening(db, members, NotificationTypes.Message, groupId, now, ct);
    }

    [LoggerMessage(510, LogLevel.Warning, "Folded notifications wait")]
    private partial void LogWaiting(Exception failure);
}
