namespace Beat.Messaging.Groups;

/// <summary>Who may do what with a group.</summary>
internal static class GroupCapabilities
{
    public static readonly Capability ViewPoints = Rank.Member.May("points:view", Scopes.GroupView);
    public static readonly Capability Update = Rank.Admin.May("group:update", Scopes.GroupUpdate);
    public static readonly Capability Delete = Rank.Owner.May("group:delete", Scopes.GroupDelete);

    public static IReadOnlyList<Capability> All { get; } = [ViewPoints, Update, Delete];
}
