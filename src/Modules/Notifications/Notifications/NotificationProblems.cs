namespace Beat.Messaging.Notifications;

/// <summary>What this module refuses.</summary>
internal static class NotificationProblems
{
    public static Problem NotFound { get; } = new("notification_not_found", 404, "There is no such notification.");
}
