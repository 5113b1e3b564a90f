using System.Collections.Concurrent;
using Beat.Messaging.Members.Contracts;
using Beat.Messaging.Members.Contracts.Replica;
using Beat.Messaging.Messages.Data;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Messages;

/// <summary>Who is in a group, as the send path needs it: from memory, filled from the module's replica.</summary>
/// <param name="IsPublic">Whether strangers may know of it.</param>
internal sealed record Membership(bool IsPublic, IReadOnlyDictionary<Guid, Rank> Ranks)
{
    /// <summary>Why someone is not let in; null for a member.</summary>
    public Problem? Refuse(Guid profileId) =>
        Ranks.ContainsKey(profileId) ? null : IsPublic ? Problems.Forbidden("Only members may do this.") : Problems.GroupNotFound;
}

/// <inheritdoc cref="Membership"/>
internal sealed class Memberships(ModuleStore<MessagesContext> store)
{
    private const int Limit = 20_000;
    private readonly ConcurrentDictionary<Guid, Lazy<Task<Membership?>>> known = new();

    /// <summary>Null for a group that is not there, or deleted. Completes at once for one that is in memory.</summary>
    public async ValueTask<Membership?> Of(Guid groupId)
    {
        if (known.Count > Limit)
            known.Clear();
        var entry = known.GetOrAdd(groupId, id => new Lazy<Task<Membership?>>(() => Load(id)));
        try
        {
            return await entry.Value;
        }
        catch
        {
            // The next one asks again.
            known.TryRemove(new(groupId, entry));
            throw;
        }
    }

    /// <summary>Reads past what is in memory, so that a removal that was just made is seen.</summary>
    public ValueTask<Membership?> Fresh(Guid groupId)
    {
        Forget(groupId);
        return Of(groupId);
    }

    /// <summary>The caller's place in the group, or why there is none.</summary>
    public async ValueTask<Result<Membership>> Enter(Guid groupId, Guid profileId)
    {
        if (await Of(groupId) is not { } membership)
            return Problems.GroupNotFound;
        return membership.Refuse(profileId) is { } refused ? refused : membership;
    }

    public void Forget(Guid groupId) => known.TryRemove(groupId, out _);

    private Task<Membership?> Load(Guid groupId) => store.Read(async db =>
    {
        var group = await db.Set<GroupReplica>().AsNoTracking().SingleOrDefaultAsync(g => g.GroupId == groupId);
        if (group is null or { IsDeleted: true })
            return null;
        var members = await db.MembersOf(groupId).AsNoTracking().ToListAsync();
        return new Membership(group.IsPublic, members.ToDictionary(m => m.ProfileId, m => m.Role!.Value.RankOf(m.ProfileId == group.OwnerId)));
    });
}
