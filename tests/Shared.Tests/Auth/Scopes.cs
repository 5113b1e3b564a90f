namespace Beat.Messaging.Shared.Tests.Auth;

/// <summary>Scopes as modules have them; Shared knows none.</summary>
internal static class Scopes
{
    public const string GroupView = "group:view";
    public const string GroupDelete = "group:delete";
    public const string InviteCreate = "invite:create";
    public const string InviteAccept = "invite:accept";
    public const string MessageView = "message:view";
    public const string NotificationView = "notification:view";

    public static IReadOnlyList<string> All { get; } = [GroupView, GroupDelete, InviteCreate, InviteAccept, MessageView,
        NotificationView];
}
