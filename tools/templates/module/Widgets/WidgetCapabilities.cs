namespace Beat.Messaging.Widgets;

/// <summary>Who may do what with the widgets of a group.</summary>
internal static class WidgetCapabilities
{
    public static readonly Capability View = Rank.Member.May("widget:view", Scopes.GroupView);
    public static readonly Capability Create = Rank.Member.May("widget:create", Scopes.GroupView);

    public static IReadOnlyList<Capability> All { get; } = [View, Create];

    /// <summary>Why somebody may not do that in a group; null when they may.</summary>
    public static async Task<Problem?> CheckAccess(this WidgetsContext db, Guid groupId, Guid profileId, Capability needed, CancellationToken ct) =>
        await db.RankOf(groupId, profileId, ct) is { } rank ? rank.CheckRank(needed) : Problems.GroupNotFound;
}
