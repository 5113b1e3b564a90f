using System.Linq.Expressions;
using Beat.Messaging.Invites.Data;
using Beat.Messaging.Members.Contracts;
using Beat.Messaging.Shared.Infrastructure.Time;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Invites;

/// <summary>An invite as its inviter, its invitee and moderators see it.</summary>
/// <param name="MemberCount">So that the invitee sees how many they would join.</param>
/// <param name="Token">For the inviter and the invitee only; accepts or declines it.</param>
internal sealed record InviteResponse(
    Guid Id, Guid GroupId, string GroupName, int MemberCount, Guid InviterId, string? InviterName, Guid InviteeId, Role Role,
    InviteStatus Status, string? Token, DateTimeOffset ExpiresAt, DateTimeOffset InsertedAt);

/// <summary>An invite with what is shown of its group and its inviter.</summary>
internal sealed class InviteView
{
    public required Invite Invite { get; init; }

    public required string? GroupName { get; init; }

    public required int MemberCount { get; init; }

    public required string? InviterName { get; init; }
}

internal sealed class InviteReader(InviteTokens tokens, TimeProvider time)
{
    public static Expression<Func<Invite, InviteView>> View(InvitesContext db) => invite => new InviteView
    {
        Invite = invite,
        GroupName = db.Groups.Where(g => g.GroupId == invite.GroupId).Select(g => g.Name).SingleOrDefault(),
        MemberCount = db.Members.Count(m => m.GroupId == invite.GroupId && m.Role != null),
        InviterName = db.Users.Where(u => u.ProfileId == invite.InviterId).Select(u => u.DisplayName).SingleOrDefault(),
    };

    public async Task<InviteResponse> Read(InvitesContext db, Guid inviteId, Guid readerId, CancellationToken ct) =>
        Describe(await db.Invites.AsNoTracking().Where(i => i.Id == inviteId).Select(View(db)).SingleAsync(ct), readerId);

    public InviteResponse Describe(InviteView view, Guid readerId)
    {
        var invite = view.Invite;
        return new InviteResponse(
            invite.Id, invite.GroupId, view.GroupName ?? "", view.MemberCount, invite.InviterId, view.InviterName, invite.InviteeId, invite.Role,
            invite.StatusAt(time.Now()), readerId == invite.InviterId || readerId == invite.InviteeId ? tokens.Of(invite.Id) : null,
            invite.ExpiresAt, invite.InsertedAt);
    }
}
