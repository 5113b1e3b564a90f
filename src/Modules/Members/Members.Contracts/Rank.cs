namespace Beat.Messaging.Members.Contracts;

/// <summary>
/// Someone's standing in a group: owner above admin above moderator above member. One acts only on strictly lower ranks.
/// </summary>
public enum Rank
{
    Member = 0,
    Moderator = 1,
    Admin = 2,
    Owner = 3,
}

/// <summary>How roles and ranks go together.</summary>
public static class Ranks
{
    /// <param name="isOwner">The owner's role is admin, and their rank above it.</param>
    public static Rank RankOf(this Role role, bool isOwner) => isOwner ? Rank.Owner : (Rank)role;

    /// <summary>Whether someone of this rank may invite as that role: not above their own, and admin by the owner only.</summary>
    public static bool MayGrant(this Rank rank, Role role) => role == Role.Admin ? rank == Rank.Owner : (Rank)role <= rank;
}

/// <summary>Capabilities by rank.</summary>
public static class RankedCapabilities
{
    /// <summary>A capability of this rank and those above.</summary>
    public static Capability May(this Rank least, string name, string scope) => new(name, scope, (int)least);

    /// <param name="rank">Null for one who is not a member.</param>
    public static bool Has(this Rank? rank, Capability capability) => (int?)rank >= capability.Level;

    /// <summary>Returns what somebody of this rank may do with this token, by name: the <c>can</c> of a group's answer.</summary>
    /// <param name="rank">Null for one who is not a member.</param>
    public static IReadOnlyList<string> NamesFor(this IEnumerable<Capability> capabilities, Rank? rank, Caller caller) =>
    [
        .. capabilities.Where(capability => rank.Has(capability) && caller.Has(capability.Scope))
            .Select(capability => capability.Name).Order(StringComparer.Ordinal),
    ];

    /// <summary>Why a member of this rank may not; null when they may.</summary>
    public static Problem? CheckRank(this Rank rank, Capability needed) =>
        (int)rank >= needed.Level ? null : MembershipProblems.RankMissing((Rank)needed.Level);

    /// <summary>
    /// The one rule of who may do what in a group: why somebody may not; null when they may. A private group does not exist for
    /// those who are not in it.
    /// </summary>
    /// <param name="rank">Null for one who is not a member.</param>
    /// <param name="isPublic">Of the group.</param>
    /// <param name="needed">Null where being a member is enough.</param>
    public static Problem? CheckAccess(this Rank? rank, bool isPublic, Capability? needed) =>
        rank is not { } held ? (isPublic ? MembershipProblems.MembersOnly : MembershipProblems.GroupNotFound)
        : needed is null ? null
        : held.CheckRank(needed);
}
