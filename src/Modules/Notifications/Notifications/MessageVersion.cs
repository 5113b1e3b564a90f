namespace Beat.Messaging.Notifications;

/// <summary>
/// Which revision of a message was told last, so that an event that comes late or again changes nothing. Kept of messages that
/// mention or answer somebody, and of those that were changed.
/// </summary>
internal sealed class MessageVersion
{
    public required Guid MessageId { get; init; }

    public long Revision { get; set; }

    /// <summary>For good: nothing is told of it any more.</summary>
    public bool IsDeleted { get; set; }
}
