using System.Collections.Concurrent;
using Beat.Messaging.Members.Replica;
using Beat.Messaging.Shared.Events;
using Beat.Messaging.Shared.Hosting.Auth;
using Beat.Messaging.Shared.Realtime.Nodes;

namespace Beat.Messaging.Messages;

/// <summary>Who is in a group, as the send path needs it: from memory, filled from the module's replica.</summary>
/// <param name="IsPublic">Whether strangers may know of it.</param>
/// <param name="Stamp">Another one whenever any of this changed.</param>
internal sealed record Membership(bool IsPublic, IReadOnlyDictionary<Guid, Rank> Ranks, MembershipStamp Stamp)
{
    /// <summary>Why someone may not, by <see cref="RankedCapabilities.CheckAccess"/>; null when they may.</summary>
    public Problem? CheckAccess(Guid profileId, Capability needed) =>
        (Ranks.TryGetValue(profileId, out var rank) ? rank : (Rank?)null).CheckAccess(IsPublic, needed);
}

/// <summary>The versions of what a <see cref="Membership"/> was made from.</summary>
internal readonly record struct MembershipStamp(long Group, long Owner, long Members);

/// <inheritdoc cref="Membership"/>
internal sealed class MembershipCache
{
    private const string Channel = "memberships";
    private const int MaxGroups = 20_000;
    private readonly ModuleStore<MessagesContext> store;
    private readonly InlineDeliveries deliveries;
    private readonly INodeBackplane backplane;
    private readonly DeletedProfiles deleted;
    private readonly ConcurrentDictionary<Guid, Lazy<Task<Membership?>>> cache = new();

    public MembershipCache(
        ModuleStore<MessagesContext> store, InlineDeliveries deliveries, INodeBackplane backplane, DeletedProfiles deleted)
    {
        (this.store, this.deliveries, this.backplane, this.deleted) = (store, deliveries, backplane, deleted);
        backplane.Subscribe(Channel, message => Forget(new Guid(message.Payloads[0].Span)));
    }

    /// <summary>What is in memory, with its stamp.</summary>
    public IReadOnlyDictionary<Guid, MembershipStamp> Cached => cache
        .Where(entry => entry.Value.IsValueCreated && entry.Value.Value is { IsCompletedSuccessfully: true, Result: not null })
        .ToDictionary(entry => entry.Key, entry => entry.Value.Value.Result!.Stamp);

    /// <summary>Null for a group that is not there, or deleted. Completes at once for one that is in memory.</summary>
    public async ValueTask<Membership?> Get(Guid groupId)
    {
        if (cache.Count > MaxGroups)
            cache.Clear();
        var entry = cache.GetOrAdd(groupId, id => new Lazy<Task<Membership?>>(() => Load(id)));
        try
        {
            // Of what is not there nothing is kept: another node may be making it.
            if (await entry.Value is { } membership)
                return membership;
            cache.TryRemove(new(groupId, entry));
            return null;
        }
        catch
        {
            // The next one asks again.
            cache.TryRemove(new(groupId, entry));
            throw;
        }
    }

    /// <summary>Reads past what is in memory, so that a removal that was just made is seen.</summary>
    public ValueTask<Membership?> Reload(Guid groupId)
    {
        Forget(groupId);
        return Get(groupId);
    }

    /// <summary>The caller's place in the group, or why there is none.</summary>
    public ValueTask<Result<Membership>> RequireMember(Guid groupId, Guid profileId) =>
        RequireMember(groupId, profileId, MessageCapabilities.View);

    /// <summary>Same, when their rank allows what is asked for.</summary>
    public async ValueTask<Result<Membership>> RequireMember(Guid groupId, Guid profileId, Capability needed)
    {
        if (await Get(groupId) is not { } membership)
        {
            // Its events may be on their way, when the one who made it was not kept waiting for them.
            await deliveries.WaitUntilDelivered(groupId, CancellationToken.None);
            if (await Get(groupId) is not { } made)
                return MembershipProblems.GroupNotFound;
            membership = made;
        }
        // What another service says in their name has no token that is refused.
        if (deleted.Contains(profileId))
            return MembershipProblems.UserNotFound;
        if (membership.CheckAccess(profileId, needed) is null)
            return membership;
        membership = await ReloadIfNewer(groupId, membership) ?? membership;
        return membership.CheckAccess(profileId, needed) is { } refused ? refused : membership;
    }

    /// <summary>
    /// Reads again what is in memory if another node has changed it since, before somebody is refused because of it. Null where
    /// it is the newest, or the store is away.
    /// </summary>
    public async ValueTask<Membership?> ReloadIfNewer(Guid groupId, Membership than)
    {
        if (!backplane.HasOtherNodes)
            return null;
        try
        {
            var (group, owner, members) = than.Stamp;
            var isNewest = await store.Read(db => db.Set<GroupReplica>().AnyAsync(g =>
                g.GroupId == groupId && !g.IsDeleted && g.Revision == group && g.OwnerVersion == owner
                && !db.Set<MemberReplica>().Any(m => m.GroupId == groupId && m.Version > members)));
            return isNewest ? null : await Reload(groupId);
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    /// <summary>The replica changed: every node reads it again.</summary>
    public void OnChanged(Guid groupId)
    {
        Forget(groupId);
        backplane.Publish(Channel, new NodeMessage(Channel, 0, [groupId.ToByteArray()]));
    }

    public void Forget(Guid groupId) => cache.TryRemove(groupId, out _);

    private Task<Membership?> Load(Guid groupId) => store.Read(async db =>
    {
        var group = await db.Set<GroupReplica>().AsNoTracking().SingleOrDefaultAsync(g => g.GroupId == groupId);
        if (group is null or { IsDeleted: true })
            return null;
        var members = await db.Set<MemberReplica>().AsNoTracking().Where(m => m.GroupId == groupId).ToListAsync();
        return new Membership(
            group.IsPublic,
            members.Where(m => m.Role is not null && !deleted.Contains(m.ProfileId))
                .ToDictionary(m => m.ProfileId, m => m.Role!.Value.RankOf(m.ProfileId == group.OwnerId)),
            new MembershipStamp(group.Revision, group.OwnerVersion, members.Select(m => m.Version).DefaultIfEmpty().Max()));
    });
}
