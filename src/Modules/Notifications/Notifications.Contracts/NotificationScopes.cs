namespace Beat.Messaging.Notifications.Contracts;

/// <summary>The scope of access tokens for notifications.</summary>
public static class NotificationScopes
{
    public const string View = "notification:view";
}
