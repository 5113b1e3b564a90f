namespace Beat.Messaging.Groups;

/// <summary>Who may do what with a group.</summary>
internal static class GroupCapabilities
{
    public static readonly Capability ViewPoints = Rank.Member.May("points:view", GroupScopes.View);
    public static readonly Capability Update = Rank.Admin.May("group:update", GroupScopes.Update);
    public static readonly Capability Delete = Rank.Owner.May("group:delete", GroupScopes.Delete);

    public static IReadOnlyList<Capability> All { get; } = [ViewPoints, Update, Delete];
}
