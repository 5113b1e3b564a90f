namespace Beat.Messaging.Messages;

/// <summary>Who may do what with the messages of a group; one's own are always one's own.</summary>
internal static class MessageCapabilities
{
    public static readonly Capability View = Rank.Member.May("message:view", MessageScopes.View);
    public static readonly Capability Send = Rank.Member.May("message:send", MessageScopes.View);

    /// <summary>Those of lower ranks.</summary>
    public static readonly Capability DeleteOthers = Rank.Moderator.May("message:delete_others", MessageScopes.View);

    public static IReadOnlyList<Capability> All { get; } = [View, Send, DeleteOthers];
}
