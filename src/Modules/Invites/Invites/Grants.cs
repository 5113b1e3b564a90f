using Beat.Messaging.Invites.Data;
using Beat.Messaging.Members.Contracts;
using Beat.Messaging.Members.Contracts.Replica;
using Beat.Messaging.Shared.Abstractions;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Invites;

internal static class Grants
{
    /// <summary>Whether someone of this rank may invite as that role: not above their own, and admin by the owner only.</summary>
    public static bool Allows(Rank? rank, Role role) => role == Role.Admin ? rank == Rank.Owner : rank is { } own && (Rank)role <= own;

    /// <summary>Why someone is not let into the group's invites; null for a member.</summary>
    public static async Task<Problem?> Refuse(this InvitesContext db, Guid groupId, Guid profileId, CancellationToken ct)
    {
        if (await db.RankOf(groupId, profileId, ct) is not null)
            return null;
        return await db.Groups.AnyAsync(g => g.GroupId == groupId && g.IsPublic && !g.IsDeleted, ct)
            ? Problems.Forbidden("Only members may do this.")
            : Problems.GroupNotFound;
    }
}
