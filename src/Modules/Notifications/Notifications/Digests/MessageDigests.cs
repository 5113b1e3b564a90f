using Beat.Messaging.Notifications.Preferences;
using Beat.Messaging.Shared.Hosting.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Notifications.Digests;

/// <param name="Concerned">For whom it is not counted: its sender, and those who are told of it by itself.</param>
internal sealed record DigestedMessage(Guid Id, long Seq, IReadOnlyCollection<Guid> Concerned);

/// <summary>
/// Tells those who want all messages of a group of them: the first at once, what follows as the same unread notification, at most
/// once in <see cref="Digest.MinInterval"/>. Costs nothing for members who do not want it.
/// </summary>
internal sealed partial class MessageDigests(
    ModuleStore<NotificationsContext> store, NotificationSender notifications, TimeProvider time, ILogger<MessageDigests> log)
        : BackgroundService
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private const int BatchSize = 500;

    /// <summary>Those of the groups in which somebody wants all.</summary>
    public Task<List<Guid>> ReadGroupsWithDigests(IReadOnlyCollection<Guid> groupIds, CancellationToken ct) =>
        store.Read(db => db.Preferences
        .Where(p => groupIds.Contains(p.GroupId) && p.Level == NotificationLevel.All)
        .Select(p => p.GroupId).Distinct().ToListAsync(ct));

    /// <param name="messages">Of one group, in order of seq.</param>
    public async Task Add(Guid groupId, IReadOnlyList<DigestedMessage> messages, CancellationToken ct)
    {
        var wanting = await store.Read(db => db.Preferences
            .Where(p => p.GroupId == groupId && p.Level == NotificationLevel.All)
            .Select(p => p.ProfileId).ToListAsync(ct));
        var ids = messages.Select(m => m.Id).ToList();
        foreach (var some in wanting.Chunk(BatchSize))
        {
            await store.Write(async db =>
            {
                var now = time.Now();
                // Locked until this commits: nothing is told of a group that is deleted at the same time.
                var group = await db.Groups.ForUpdate().SingleOrDefaultAsync(g => g.GroupId == groupId, ct);
                if (group is { IsDeleted: true })
                    return;
                var digests = await db.Digests.ForUpdate().Where(f => f.GroupId == groupId && some.Contains(f.ProfileId))
                    .ToDictionaryAsync(f => f.ProfileId, ct);
                var listening = await ReadRecipients(db, groupId, some, now, ct);
                var unread = await ReadUnread(db, digests.Values, ct);
                var deleted = await db.MessageVersions.Where(v => ids.Contains(v.MessageId) && v.IsDeleted)
                    .Select(v => v.MessageId).ToListAsync(ct);
                foreach (var profileId in some)
                {
                    if (!digests.TryGetValue(profileId, out var digest))
                        db.Add(digest = new Digest { GroupId = groupId, ProfileId = profileId });
                    var news = messages.Where(
                        m => m.Seq > digest.Seq && !deleted.Contains(m.Id) && !m.Concerned.Contains(profileId)).ToList();
                    digest.Seq = Math.Max(digest.Seq, messages[^1].Seq);
                    if (news.Count == 0 || !listening.Contains(profileId))
                        continue;
                    var told = digest.NotificationId is { } id ? unread.GetValueOrDefault(id) : null;
                    if (told is null)
                        digest.Begin();
                    news.ForEach(m => digest.Add(m.Seq));
                    if (told is null || digest.ToldAt + Digest.MinInterval <= now)
                        Update(db, digest, told, group?.Name ?? "a group", now);
                    else
                        digest.DueAt ??= digest.ToldAt + Digest.MinInterval;
                }
            }, ct);
        }
    }

    /// <summary>
    /// Takes back messages that were deleted: the count follows at once, and is told as a new one would be; without any left the
    /// notification goes.
    /// </summary>
    public async Task Remove(Guid groupId, IReadOnlyList<long> seqs, CancellationToken ct)
    {
        var (first, last) = (seqs.Min(), seqs.Max());
        if (!await store.Read(db => Having(db).AnyAsync(ct)))
            return;
        await store.Write(async db =>
        {
            var name = await db.Groups.Where(g => g.GroupId == groupId).Select(g => g.Name).SingleOrDefaultAsync(ct) ?? "a group";
            var digests = await Having(db).ForUpdate().OrderBy(f => f.ProfileId).ToListAsync(ct);
            var unread = await ReadUnread(db, digests, ct);
            foreach (var digest in digests)
            {
                if (!unread.TryGetValue(digest.NotificationId!.Value, out var told) || !digest.Remove(seqs))
                    continue;
                if (digest.Count == 0)
                {
                    told.Withdraw(db);
                    digest.DueAt = null;
                    continue;
                }
                (told.Title, told.Data) = Describe(digest, name);
                digest.DueAt ??= digest.ToldAt + Digest.MinInterval;
            }
        }, ct);

        IQueryable<Digest> Having(NotificationsContext db) => db.Digests
            .Where(f => f.GroupId == groupId && f.NotificationId != null && f.FirstSeq <= last && f.LastSeq >= first);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(PollInterval, time);
        try
        {
            do
            {
                try
                {
                    await UpdateDue(stoppingToken);
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
    internal async Task UpdateDue(CancellationToken ct)
    {
        var now = time.Now();
        // Most beats have nothing to do, and need not wait for their turn to write.
        while (await store.Read(db => db.Digests.AnyAsync(f => f.DueAt <= now, ct)))
        {
            await store.Write(async db =>
            {
                var due = await db.Digests.ForUpdate().Where(f => f.DueAt <= now).OrderBy(f => f.DueAt).Take(BatchSize)
                    .ToListAsync(ct);
                var unread = await ReadUnread(db, due, ct);
                foreach (var digests in due.GroupBy(digest => digest.GroupId))
                {
                    var name = await db.Groups.Where(g => g.GroupId == digests.Key).Select(g => g.Name).SingleOrDefaultAsync(ct)
                        ?? "a group";
                    var wanting = await db.Preferences
                        .Where(p => p.GroupId == digests.Key && p.Level == NotificationLevel.All).Select(p => p.ProfileId)
                        .ToListAsync(ct);
                    var listening = await ReadRecipients(
                        db, digests.Key, [.. digests.Select(digest => digest.ProfileId).Intersect(wanting)], now, ct);
                    foreach (var digest in digests)
                    {
                        digest.DueAt = null;
                        if (listening.Contains(digest.ProfileId)
                            && unread.GetValueOrDefault(digest.NotificationId!.Value) is { } told)
                            Update(db, digest, told, name, now);
                    }
                }
            }, ct);
        }
    }

    private static void Update(NotificationsContext db, Digest digest, Notification? told, string groupName, DateTimeOffset now)
    {
        var (title, data) = Describe(digest, groupName);
        if (told is null)
        {
            db.Add(told = new Notification
            {
                Id = Guid.CreateVersion7(now),
                RecipientId = digest.ProfileId,
                Type = NotificationTypes.Message,
                Title = title,
                Body = "Open the group to read on.",
                Data = data,
                ReferenceId = digest.GroupId,
                ReferenceType = "group",
                GroupId = digest.GroupId,
                InsertedAt = now,
                SourceId = $"fold:{digest.GroupId}:{digest.FirstSeq}",
            });
        }
        (told.Title, told.Data) = (title, data);
        told.Raise(db);
        (digest.NotificationId, digest.ToldAt, digest.DueAt) = (told.Id, now, null);
    }

    private static (string Title, string Data) Describe(Digest digest, string groupName) => (
        digest.Count == 1 ? $"1 new message in {groupName}" : $"{digest.Count} new messages in {groupName}",
        Notification.DataOf(new { digest.GroupId, GroupName = groupName, digest.Count, digest.FirstSeq, digest.LastSeq }));

    private static async Task<Dictionary<Guid, Notification>> ReadUnread(
        NotificationsContext db, IEnumerable<Digest> digests, CancellationToken ct)
    {
        var ids = digests.Select(digest => digest.NotificationId).OfType<Guid>().ToList();
        return await db.Notifications.ForUpdate().Where(n => ids.Contains(n.Id) && !n.IsRead).ToDictionaryAsync(n => n.Id, ct);
    }

    private async Task<HashSet<Guid>> ReadRecipients(
        NotificationsContext db, Guid groupId, Guid[] profileIds, DateTimeOffset now, CancellationToken ct)
    {
        var members = await db.MembersOf(groupId).Where(m => profileIds.Contains(m.ProfileId)).Select(m => m.ProfileId)
            .ToListAsync(ct);
        return await notifications.ReadRecipients(db, members, NotificationTypes.Message, groupId, now, ct);
    }

    [LoggerMessage(510, LogLevel.Warning, "Digests wait")]
    private partial void LogWaiting(Exception failure);
}
