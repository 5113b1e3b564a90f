namespace Beat.Messaging.Notifications;

/// <summary>
/// Who sent an invite: its acceptance does not say, and they are to be told; and whether anything may come of it yet.
/// </summary>
internal sealed class InviteReplica
{
    public required Guid InviteId { get; init; }

    /// <summary>Null while only its end was heard of.</summary>
    public Guid? InviterId { get; set; }

    /// <summary>For good: it was accepted, declined or revoked, or is too old.</summary>
    public bool IsClosed { get; set; }
}
