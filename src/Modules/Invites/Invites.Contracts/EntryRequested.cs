using Beat.Messaging.Shared.Abstractions;

namespace Beat.Messaging.Invites.Contracts;

/// <summary>
/// The invitee wants to come in. Members decides, where memberships are written, and answers with <c>EntryDecided</c>; only then
/// is the invite accepted.
/// </summary>
/// <param name="Role">0 member, 1 moderator, 2 admin: what the invite names.</param>
/// <param name="InviteeVersion">
/// The version of the invitee's membership that was known when the invite was made, 0 for none: what was decided about them
/// since, the invite does not undo.
/// </param>
public sealed record EntryRequested(Guid InviteId, Guid GroupId, Guid InviterId, Guid InviteeId, int Role, long InviteeVersion)
    : IIntegrationEvent;
