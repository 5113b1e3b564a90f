namespace Beat.Messaging.Messages;

/// <summary>Who reacted to a message with an emoji, in their order.</summary>
internal sealed record Reaction(string Emoji, IReadOnlyList<Guid> ProfileIds)
{
    /// <summary>Different emoji on one message.</summary>
    public const int MaxEmoji = 20;

    /// <summary>
    /// Reactions on one message, of all people and emoji: as many as a group has members. They take 160 KB of it.
    /// </summary>
    public const int MaxReactions = 10_000;
}
