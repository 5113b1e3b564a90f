using Beat.Messaging.Messages.Contracts;

namespace Beat.Messaging.Members;

/// <summary>Who may do what with the members of a group.</summary>
internal static class MemberCapabilities
{
    public static readonly Capability View = Rank.Member.May("member:view", GroupScopes.View);
    public static readonly Capability ViewPresence = Rank.Member.May("presence:view", MessageScopes.View);
    public static readonly Capability Leave = Rank.Member.May("group:leave", GroupScopes.View);
    public static readonly Capability Kick = Rank.Moderator.May("member:kick", MemberScopes.Kick);
    public static readonly Capability ChangeRole = Rank.Admin.May("member:change_role", MemberScopes.ChangeRole);
    public static readonly Capability Transfer = Rank.Owner.May("group:transfer", MemberScopes.ChangeRole);

    public static IReadOnlyList<Capability> All { get; } = [View, ViewPresence, Leave, Kick, ChangeRole, Transfer];
}
