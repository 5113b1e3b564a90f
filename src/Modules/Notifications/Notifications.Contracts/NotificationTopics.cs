namespace Beat.Messaging.Notifications.Contracts;

/// <summary>Where notifications are mirrored to, and where other services write theirs.</summary>
public static class NotificationTopics
{
    /// <summary>Notifications; key: recipient id.</summary>
    public const string Events = "messaging_notifications_events";
}
