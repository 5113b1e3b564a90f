using Beat.Messaging.Groups.Contracts;
using Beat.Messaging.Groups.Data;
using Beat.Messaging.Members.Contracts;
using Beat.Messaging.Shared.Abstractions;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Groups;

internal static class Guards
{
    /// <summary>
    /// Why <paramref name="profileId"/> may not act with <paramref name="needed"/> rank; null when they may. A private group does
    /// not exist for those who are not in it.
    /// </summary>
    public static async Task<Problem?> Refuse(this GroupsContext db, Group group, Guid profileId, Rank needed, CancellationToken ct)
    {
        var role = await db.Members.Where(m => m.GroupId == group.Id && m.ProfileId == profileId).Select(m => m.Role).SingleOrDefaultAsync(ct);
        if (role is null)
            return group.IsPublic ? Problems.Forbidden("Only members may do this.") : Problems.GroupNotFound;
        return role.Value.RankOf(group.OwnerId == profileId) < needed ? Problems.RankMissing(needed.ToString().ToLowerInvariant()) : null;
    }

    public static GroupUpdated ToUpdated(this Group group, Guid actorId) =>
        new(group.Id, actorId, group.Name, group.Description, group.IsPublic, group.AvatarUrl);
}
