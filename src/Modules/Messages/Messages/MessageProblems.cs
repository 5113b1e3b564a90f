namespace Beat.Messaging.Messages;

/// <summary>What this module refuses of messages.</summary>
internal static class MessageProblems
{
    public static Problem TooLong { get; } = new(
        "message_too_long", 400, "The message is too long.",
        $"A message has at most {Message.MaxLength} characters (Unicode code points).")
    {
        Errors = new Dictionary<string, string[]> { ["content"] = [$"must have at most {Message.MaxLength} characters"] },
    };

    public static Problem NotFound { get; } = new("message_not_found", 404, "There is no such message in this group.");

    public static Problem ResyncRequired { get; } =
        new("resync_required", 410, "Your copy of the history does not fit.", "Drop the group's history and join with null.");
}
