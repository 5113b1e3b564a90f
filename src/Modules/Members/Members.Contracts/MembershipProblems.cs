namespace Beat.Messaging.Members.Contracts;

/// <summary>What is refused because of somebody's place in a group, by whichever module is asked.</summary>
public static class MembershipProblems
{
    public static Problem MembersOnly { get; } = Problems.Forbidden.WithDetail("Only members may do this.");

    public static Problem MemberRank { get; } =
        new("member_rank", 403, "Your rank does not allow that.", "One acts only on members of a strictly lower rank.");

    /// <summary>Also for a private group that the caller is not in.</summary>
    public static Problem GroupNotFound { get; } = new("group_not_found", 404, "There is no such group.");

    public static Problem UserNotFound { get; } = new("user_not_found", 404, "There is no such user.");

    public static Problem RankMissing(Rank least) =>
        Problems.Forbidden.WithDetail($"This needs the rank {least.ToString().ToLowerInvariant()} in the group.");
}
