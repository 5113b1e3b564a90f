using Beat.Messaging.Shared.Abstractions;

namespace Beat.Messaging.Invites.Contracts;

/// <summary>Someone was invited. Never carries the token.</summary>
/// <param name="Role">0 member, 1 moderator, 2 admin.</param>
/// <param name="Status">0 pending, 1 accepted, 2 declined, 3 expired, 4 revoked.</param>
public sealed record InviteCreated(Guid Id, Guid GroupId, Guid InviterId, Guid InviteeId, int Role, int Status)
    : IIntegrationEvent;

/// <summary>The invitee said yes, and is a member with this role.</summary>
/// <param name="InviteeAuthId">The invitee's <c>sub</c>; the auth service looks people up by it.</param>
/// <param name="Role">0 member, 1 moderator, 2 admin: what the membership is.</param>
public sealed record InviteAccepted(Guid InviteId, Guid GroupId, Guid InviteeId, string InviteeAuthId, int Role)
    : IIntegrationEvent;

/// <summary>The invitee said no.</summary>
public sealed record InviteDeclined(Guid InviteId, Guid GroupId, Guid InviteeId) : IIntegrationEvent;

/// <summary>
/// The inviter or a moderator took it back, its group was deleted, its inviter or its invitee was removed or deleted, or the
/// invitee came in another way.
/// </summary>
public sealed record InviteRevoked(Guid InviteId, Guid GroupId, Guid InviteeId) : IIntegrationEvent;

/// <summary>Nobody answered in time.</summary>
public sealed record InviteExpired(Guid InviteId, Guid GroupId, Guid InviteeId) : IIntegrationEvent;
