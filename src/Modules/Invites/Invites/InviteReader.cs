using System.Linq.Expressions;

namespace Beat.Messaging.Invites;

/// <summary>An invite as its inviter, its invitee and moderators see it.</summary>
/// <param name="GroupName">As it was when the invite was made, for one who has no place in the group and cannot join by
/// it.</param>
/// <param name="MemberCount">So that the invitee sees how many they would join; null where the name is the one of then.</param>
/// <param name="Role">What it grants; once it is accepted, what the membership became.</param>
/// <param name="Token">For the inviter and the invitee only; accepts or declines it.</param>
internal sealed record InviteResponse(
    Guid Id, Guid GroupId, string GroupName, int? MemberCount, Guid InviterId, string? InviterName, Guid InviteeId, Role Role,
    InviteStatus Status, string? Token, DateTimeOffset ExpiresAt, DateTimeOffset InsertedAt);

/// <summary>An invite with its inviter, its group as it is now, and the reader's place there.</summary>
internal sealed class InviteView
{
    public required Invite Invite { get; init; }

    /// <summary>Null for a deleted group.</summary>
    public required string? GroupName { get; init; }

    public required bool IsPublic { get; init; }

    public required bool IsMember { get; init; }

    public required int MemberCount { get; init; }

    public required string? InviterName { get; init; }
}

internal sealed class InviteReader(InviteTokens tokens, TimeProvider time)
{
    public static Expression<Func<Invite, InviteView>> View(InvitesContext db, Guid readerId) => invite => new InviteView
    {
        Invite = invite,
        GroupName = db.Groups.Where(g => g.GroupId == invite.GroupId && !g.IsDeleted).Select(g => g.Name).SingleOrDefault(),
        IsPublic = db.Groups.Any(g => g.GroupId == invite.GroupId && g.IsPublic),
        IsMember = db.Members.Any(m => m.GroupId == invite.GroupId && m.ProfileId == readerId && m.Role != null),
        MemberCount = db.Members.Count(m => m.GroupId == invite.GroupId && m.Role != null),
        InviterName = db.Users.Where(u => u.ProfileId == invite.InviterId).Select(u => u.DisplayName).SingleOrDefault(),
    };

    /// <summary>Not found when its inviter or its invitee was deleted meanwhile.</summary>
    public async Task<Result<InviteResponse>> Read(InvitesContext db, Guid inviteId, Guid readerId, CancellationToken ct) =>
        await db.Invites.AsNoTracking().Where(i => i.Id == inviteId).Select(View(db, readerId))
            .SingleOrDefaultAsync(ct) is { } view
            ? Describe(view, readerId)
            : InviteProblems.NotFound;

    public InviteResponse Describe(InviteView view, Guid readerId)
    {
        var invite = view.Invite;
        var status = invite.StatusAt(time.Now());
        var mayJoin = readerId == invite.InviteeId && status == InviteStatus.Pending;
        var (name, count) = view.GroupName is { } now && (view.IsMember || view.IsPublic || mayJoin)
            ? (now, view.MemberCount)
            : (invite.GroupName, (int?)null);
        return new InviteResponse(
            invite.Id, invite.GroupId, name, count, invite.InviterId, view.InviterName, invite.InviteeId, invite.Role,
            status, readerId == invite.InviterId || readerId == invite.InviteeId ? tokens.Of(invite.Id) : null,
            invite.ExpiresAt, invite.InsertedAt);
    }
}
