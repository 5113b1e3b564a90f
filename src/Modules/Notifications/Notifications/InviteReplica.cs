namespace Beat.Messaging.Notifications;

/// <summary>Who sent an invite: its acceptance does not say, and they are to be told.</summary>
internal sealed class InviteReplica
{
    public required Guid InviteId { get; init; }

    public required Guid InviterId { get; init; }
}
