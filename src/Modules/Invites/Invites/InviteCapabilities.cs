namespace Beat.Messaging.Invites;

/// <summary>Who may do what with the invites of a group; one's own are always one's own.</summary>
internal static class InviteCapabilities
{
    public static readonly Capability Create = Rank.Member.May("invite:create", InviteScopes.Create);

    /// <summary>See, revoke and resend those of others.</summary>
    public static readonly Capability Manage = Rank.Moderator.May("invite:manage", InviteScopes.Create);

    public static IReadOnlyList<Capability> All { get; } = [Create, Manage];
}
