namespace Beat.Messaging.Widgets;

/// <summary>Who may do what with the widgets of a group.</summary>
internal static class WidgetCapabilities
{
    public static readonly Capability View = Rank.Member.May("widget:view", GroupScopes.View);
    public static readonly Capability Create = Rank.Member.May("widget:create", GroupScopes.View);

    public static IReadOnlyList<Capability> All { get; } = [View, Create];
}
