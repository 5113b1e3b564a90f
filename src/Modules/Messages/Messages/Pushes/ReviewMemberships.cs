using Beat.Messaging.Members.Replica;
using Beat.Messaging.Shared.Realtime;
using Beat.Messaging.Shared.Realtime.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Messages.Pushes;

/// <summary>
/// Makes sure that a removal on another node is kept here, also when its message was lost: every 10 s, and when the backplane
/// comes back, compares who listens and what is in memory with the replica.
/// </summary>
internal sealed partial class ReviewMemberships(
    MembershipCache memberships, GroupFeed feed, ModuleStore<MessagesContext> store, INodeBackplane backplane,
    ILogger<ReviewMemberships> log) : BackgroundService
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(10);
    private const int BatchSize = 500;

    private readonly SemaphoreSlim restored = new(0);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!backplane.HasOtherNodes)
            return;
        backplane.Restored += () => restored.Release();
        while (true)
        {
            try
            {
                await restored.WaitAsync(PollInterval, stoppingToken);
                await Review(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (StoreUnavailableException away)
            {
                // Known memberships hold until it is back.
                LogSkipped(away);
            }
        }
    }

    internal async Task Review(CancellationToken ct)
    {
        var known = memberships.Cached;
        var subscribers = feed.Subscribers.ToLookup(pair => pair.GroupId, pair => pair.ProfileId);
        foreach (var groupIds in known.Keys.Union(subscribers.Select(group => group.Key)).Chunk(BatchSize))
        {
            var people = groupIds.SelectMany(groupId => subscribers[groupId]).Distinct().ToList();
            var (groups, versions, present) = await store.Read(async db => (
                await db.Set<GroupReplica>().AsNoTracking().Where(g => groupIds.Contains(g.GroupId) && !g.IsDeleted)
                    .ToDictionaryAsync(g => g.GroupId, ct),
                await db.Set<MemberReplica>().Where(m => groupIds.Contains(m.GroupId)).GroupBy(m => m.GroupId)
                    .Select(members => new { members.Key, Version = members.Max(m => m.Version) })
                    .ToDictionaryAsync(m => m.Key, m => m.Version, ct),
                (await db.Set<MemberReplica>()
                    .Where(m => groupIds.Contains(m.GroupId) && people.Contains(m.ProfileId) && m.Role != null)
                    .Select(m => new { m.GroupId, m.ProfileId }).ToListAsync(ct)).Select(m => (m.GroupId, m.ProfileId))
                        .ToHashSet()));
            foreach (var groupId in groupIds)
            {
                var group = groups.GetValueOrDefault(groupId);
                if (known.TryGetValue(groupId, out var stamp)
                    && (group is null || stamp != new MembershipStamp(
                        group.Revision, group.OwnerVersion, versions.GetValueOrDefault(groupId))))
                    memberships.Forget(groupId);
                foreach (var profileId in subscribers[groupId].Where(
                    profileId => group is null || !present.Contains((groupId, profileId))))
                    feed.EvictLocally(groupId, profileId);
            }
        }
    }

    [LoggerMessage(211, LogLevel.Warning, "Memberships could not be compared with the store")]
    private partial void LogSkipped(Exception failure);
}
