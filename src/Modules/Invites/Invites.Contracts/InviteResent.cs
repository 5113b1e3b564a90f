using Beat.Messaging.Shared.Abstractions;

namespace Beat.Messaging.Invites.Contracts;

/// <summary>
/// The invitee is to be told again: the inviter wants it, or the invite is about to expire. Nothing about the invite changed.
/// </summary>
public sealed record InviteResent(Guid Id, Guid GroupId, Guid InviterId, Guid InviteeId, DateTimeOffset ResentAt)
    : IIntegrationEvent;
