namespace Beat.Messaging.Members.Contracts;

/// <summary>Someone is in: by making the group, by joining a public one, or by an invite.</summary>
public sealed record MemberJoined(Guid GroupId, Guid MemberId, Role Role) : IIntegrationEvent;

/// <summary>Someone went of their own accord, or because their profile was deleted.</summary>
public sealed record MemberLeft(Guid GroupId, Guid MemberId) : IIntegrationEvent;

/// <summary>Someone was removed; <c>kick_member</c> on the wire.</summary>
public sealed record MemberKicked(Guid GroupId, Guid ActorId, Guid MemberId) : IIntegrationEvent;

/// <summary>A member's role is another; <c>change_role</c> on the wire.</summary>
public sealed record RoleChanged(Guid GroupId, Guid ActorId, Guid MemberId, Role Role) : IIntegrationEvent;

/// <summary>The group has another owner; the former one is an admin now.</summary>
public sealed record OwnershipTransferred(Guid GroupId, Guid FromId, Guid ToId) : IIntegrationEvent;

/// <summary>
/// A person became known, or their name changed. Never carries what the auth service keeps: no auth id, no email.
/// </summary>
/// <param name="DisplayName">Null until <c>profile_created</c> or <c>profile_updated</c> brings one.</param>
public sealed record UserRecorded(Guid ProfileId, string? DisplayName) : IIntegrationEvent;

/// <summary>What became of an <c>EntryRequested</c>.</summary>
/// <param name="Role">What the membership is now; null for one who was not let in.</param>
public sealed record EntryDecided(Guid InviteId, Guid GroupId, Guid InviteeId, EntryOutcome Outcome, Role? Role)
    : IIntegrationEvent;

/// <summary>Whether an invite lets its invitee in.</summary>
public enum EntryOutcome
{
    /// <summary>They are a member now, or were one already.</summary>
    Admitted = 0,

    /// <summary>
    /// Never: they or the inviter were removed since it was made, are not known any more, or the group is gone.
    /// </summary>
    Refused = 1,

    /// <summary>Not now: the group or the person has reached a limit.</summary>
    Full = 2,
}

/// <summary>A person's profile was deleted: no longer known.</summary>
public sealed record UserDeleted(Guid ProfileId) : IIntegrationEvent;
