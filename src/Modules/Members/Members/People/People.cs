using Beat.Messaging.Members.Contracts;
using Beat.Messaging.Members.Data;
using Beat.Messaging.Shared.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Members.People;

/// <inheritdoc cref="IPeople"/>
internal sealed class People(ModuleStore<MembersContext> store) : IPeople
{
    public Task Created(Guid profileId, string? authId, string? displayName, DateTimeOffset at, CancellationToken ct) =>
        Change(profileId, user =>
        {
            user.IsCreated = true;
            Name(user, authId, displayName, at);
        }, ct);

    public Task Updated(Guid profileId, string? authId, string? displayName, DateTimeOffset at, CancellationToken ct) =>
        Change(profileId, user => Name(user, authId, displayName, at), ct);

    public Task Deleted(Guid profileId, CancellationToken ct) => store.Write<bool>(async db =>
    {
        var user = await Find(db, profileId, ct);
        if (user.IsDeleted)
            return false;
        (user.IsDeleted, user.AuthId) = (true, null);
        user.Name(null);
        var memberships = await db.Members.Where(m => m.ProfileId == profileId).ToListAsync(ct);
        foreach (var member in memberships.Where(m => m.State == MemberState.Present))
            await Remove(db, member, ct);
        db.RemoveRange(memberships);
        // After they left: who keeps something of members makes nothing new for them once it is forgotten.
        db.Raise(new UserDeleted(profileId), profileId, ++user.Version);
        return true;
    }, ct);

    /// <summary>Someone who goes for good leaves nothing without an owner: it passes to the highest rank, the longest member.</summary>
    private static async Task Remove(MembersContext db, Member member, CancellationToken ct)
    {
        var roster = await db.Rosters.ForUpdate().SingleAsync(r => r.GroupId == member.GroupId, ct);
        if (roster.IsDeleted)
            return;
        if (roster.OwnerId == member.ProfileId)
        {
            var heir = await db.Members
                .Where(m => m.GroupId == member.GroupId && m.State == MemberState.Present && m.ProfileId != member.ProfileId)
                .OrderByDescending(m => m.Role).ThenBy(m => m.JoinedAt).ThenBy(m => m.ProfileId)
                .FirstOrDefaultAsync(ct);
            if (heir is not null)
                roster.Transfer(db, heir);
        }
        roster.Remove(db, member);
    }

    private Task Change(Guid profileId, Action<User> change, CancellationToken ct) => store.Write<bool>(async db =>
    {
        var user = await Find(db, profileId, ct);
        var before = (user.IsKnown, user.AuthId, user.DisplayName);
        change(user);
        if (user.IsKnown && before != (user.IsKnown, user.AuthId, user.DisplayName))
            db.Raise(new UserRecorded(profileId, user.AuthId, user.DisplayName), profileId, ++user.Version);
        return true;
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
