using Beat.Messaging.Shared.Hosting.Time;

namespace Beat.Messaging.Members.People;

/// <inheritdoc cref="IPeople"/>
internal sealed class People(ModuleStore<MembersContext> store, DeletedProfileMonitor deleted, TimeProvider time) : IPeople
{
    public Task Created(Guid profileId, string? authId, string? displayName, DateTimeOffset at, CancellationToken ct) =>
        Change(profileId, user =>
        {
            user.IsCreated = true;
            Name(user, authId, displayName, at);
        }, ct);

    public Task Updated(Guid profileId, string? authId, string? displayName, DateTimeOffset at, CancellationToken ct) =>
        Change(profileId, user => Name(user, authId, displayName, at), ct);

    /// <summary>A repeat does all of it again, and so repairs what an earlier race left.</summary>
    public Task Deleted(Guid profileId, CancellationToken ct)
    {
        // The platform has said so: from now on nobody comes in as them, whatever the store does.
        deleted.Revoke(profileId);
        return store.Write(async db =>
        {
            var user = await Find(db, profileId, ct);
            (user.IsDeleted, user.AuthId) = (true, null);
            user.Name(null);
            user.DeletedAt ??= time.Now();
            var groupIds = await db.Members.Where(m => m.ProfileId == profileId).Select(m => m.GroupId).ToListAsync(ct);
            var rosters = await db.Rosters.ForUpdate()
                .Where(r => groupIds.Contains(r.GroupId) || (r.OwnerId == profileId && !r.IsDeleted))
                .OrderBy(r => r.GroupId).ToListAsync(ct);
            var memberships = await db.Members.Where(m => m.ProfileId == profileId).ToDictionaryAsync(m => m.GroupId, ct);
            foreach (var roster in rosters.Where(r => !r.IsDeleted))
                await Remove(db, roster, profileId, memberships.GetValueOrDefault(roster.GroupId), ct);
            db.RemoveRange(memberships.Values);
            // After they left: who keeps something of members makes nothing new for them once it is forgotten.
            db.Raise(new UserDeleted(profileId), profileId, ++user.Version);
        }, ct);
    }

    /// <summary>
    /// Someone who goes for good leaves nothing without an owner: it passes to the highest rank, the longest member.
    /// </summary>
    private static async Task Remove(MembersContext db, Roster roster, Guid profileId, Member? member, CancellationToken ct)
    {
        if (roster.OwnerId == profileId)
        {
            var heir = await db.Members
                .Where(m => m.GroupId == roster.GroupId && m.State == MemberState.Present && m.ProfileId != profileId)
                .Where(m => !db.Users.Any(u => u.ProfileId == m.ProfileId && u.IsDeleted))
                .OrderByDescending(m => m.Role).ThenBy(m => m.JoinedAt).ThenBy(m => m.ProfileId)
                .FirstOrDefaultAsync(ct);
            if (heir is not null)
                roster.Transfer(db, heir);
        }
        if (member is { State: MemberState.Present })
            roster.Remove(db, member);
    }

    private Task Change(Guid profileId, Action<User> change, CancellationToken ct) => store.Write(async db =>
    {
        var user = await Find(db, profileId, ct);
        var before = (user.IsKnown, user.DisplayName);
        change(user);
        if (user.IsKnown && before != (user.IsKnown, user.DisplayName))
            db.Raise(new UserRecorded(profileId, user.DisplayName), profileId, ++user.Version);
    }, ct);

    private static void Name(User user, string? authId, string? displayName, DateTimeOffset at)
    {
        if (user.IsDeleted)
            return;
        user.AuthId = authId ?? user.AuthId;
        if (string.IsNullOrWhiteSpace(displayName) || at < user.NamedAt)
            return;
        user.Name(displayName);
        user.NamedAt = at;
    }

    private static async Task<User> Find(MembersContext db, Guid profileId, CancellationToken ct)
    {
        var user = await db.Users.ForUpdate().SingleOrDefaultAsync(u => u.ProfileId == profileId, ct);
        if (user is null)
            db.Add(user = new User { ProfileId = profileId });
        return user;
    }
}
