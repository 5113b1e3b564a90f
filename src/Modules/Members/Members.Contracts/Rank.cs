namespace Beat.Messaging.Members.Contracts;

/// <summary>Someone's standing in a group: owner above admin above moderator above member. One acts only on strictly lower ranks.</summary>
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
}
