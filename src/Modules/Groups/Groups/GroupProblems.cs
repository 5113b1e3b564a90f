namespace Beat.Messaging.Groups;

/// <summary>What this module refuses.</summary>
internal static class GroupProblems
{
    public static Problem AlreadyExists { get; } = new("group_already_exists", 409, "You already have a group of that name.");

    public static Problem NothingToChange { get; } =
        new("group_wrong_input", 409, "There is nothing to change.",
            "Name at least one of name, description, is_public, avatar_url.");
}
