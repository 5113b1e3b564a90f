using Beat.Messaging.Shared.Realtime;

namespace Beat.Messaging.Members;

/// <summary>Adds to memberships what is shown of them: names, ownership and presence.</summary>
internal sealed class MemberReader(Presence presence)
{
    public async Task<MemberResponse> Describe(MembersContext db, Member member, CancellationToken ct) =>
        (await Describe(db, member.GroupId, [member], ct))[0];

    public async Task<IReadOnlyList<MemberResponse>> Describe(
        MembersContext db, Guid groupId, IReadOnlyList<Member> members, CancellationToken ct)
    {
        var ids = members.Select(m => m.ProfileId).ToList();
        var names = await db.Users.Where(u => ids.Contains(u.ProfileId))
            .ToDictionaryAsync(u => u.ProfileId, u => u.DisplayName, ct);
        var ownerId = await db.Rosters.Where(r => r.GroupId == groupId).Select(r => r.OwnerId).SingleAsync(ct);
        return [.. members.Select(m => new MemberResponse(
            m.ProfileId, names.GetValueOrDefault(m.ProfileId), m.Role, m.ProfileId == ownerId, m.JoinedAt,
            presence.IsKnown ? presence.IsOnline(m.ProfileId) : null))];
    }
}

internal static class RoleName
{
    /// <summary>By name as REST writes it, never by number.</summary>
    public static bool TryParse(string text, out Role role)
    {
        (var known, role) = text switch
        {
            "member" => (true, Role.Member),
            "moderator" => (true, Role.Moderator),
            "admin" => (true, Role.Admin),
            _ => (false, default),
        };
        return known;
    }
}
