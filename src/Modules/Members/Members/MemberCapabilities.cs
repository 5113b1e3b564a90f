namespace Beat.Messaging.Members;

/// <summary>Who may do what with the members of a group.</summary>
internal static class MemberCapabilities
{
    public static readonly Capability View = Rank.Member.May("member:view", Scopes.GroupView);
    public static readonly Capability ViewPresence = Rank.Member.May("presence:view", Scopes.MessageView);
    public static readonly Capability Leave = Rank.Member.May("group:leave", Scopes.GroupView);
    public static readonly Capability Kick = Rank.Moderator.May("member:kick", Scopes.MemberKick);
    public static readonly Capability ChangeRole = Rank.Admin.May("member:change_role", Scopes.MemberChangeRole);
    public static readonly Capability Transfer = Rank.Owner.May("group:transfer", Scopes.MemberChangeRole);

    public static IReadOnlyList<Capability> All { get; } = [View, ViewPresence, Leave, Kick, ChangeRole, Transfer];
}
