using Beat.Messaging.Invites.Contracts;
using Beat.Messaging.Invites.Data;
using Beat.Messaging.Members.Contracts;

namespace Beat.Messaging.Invites;

/// <summary>An invitation of one person into one group. Pending until it is accepted, declined, revoked or too old, and then for good.</summary>
internal sealed class Invite
{
    public static readonly TimeSpan ResendPause = TimeSpan.FromHours(1);

    public const int MinExpiresIn = 3_600;
    public const int MaxExpiresIn = 2_592_000;

    public required Guid Id { get; init; }

    public required Guid GroupId { get; init; }

    public required Guid InviterId { get; init; }

    public required Guid InviteeId { get; init; }

    public required Role Role { get; init; }

    public InviteStatus Status { get; private set; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required DateTimeOffset InsertedAt { get; init; }

    /// <summary>When the invitee was last told.</summary>
    public required DateTimeOffset NotifiedAt { get; set; }

    /// <summary>When the invitee is to be told again, because it is about to expire; null once that is done, and where it is not to be.</summary>
    public DateTimeOffset? RemindAt { get; set; }

    /// <summary>Counts the changes that make an event.</summary>
    public long Revision { get; private set; } = 1;

    /// <summary>What it is now: the timer may not have been here yet.</summary>
    public InviteStatus StatusAt(DateTimeOffset now) =>
        Status == InviteStatus.Pending && ExpiresAt <= now ? InviteStatus.Expired : Status;

    public void TellAgain(InvitesContext db, DateTimeOffset now)
    {
        NotifiedAt = now;
        db.Raise(new InviteResent(Id, GroupId, InviterId, InviteeId, now), Id, Revision);
    }

    public void Accept(InvitesContext db, string inviteeAuthId, Role granted)
    {
        Become(InviteStatus.Accepted);
        db.Raise(new InviteAccepted(Id, GroupId, InviteeId, inviteeAuthId, (int)granted), Id, Revision);
    }

    public void Decline(InvitesContext db)
    {
        Become(InviteStatus.Declined);
        db.Raise(new InviteDeclined(Id, GroupId, InviteeId), Id, Revision);
    }

    public void Revoke(InvitesContext db)
    {
        Become(InviteStatus.Revoked);
        db.Raise(new InviteRevoked(Id, GroupId, InviteeId), Id, Revision);
    }

    public void Expire(InvitesContext db)
    {
        Become(InviteStatus.Expired);
        db.Raise(new InviteExpired(Id, GroupId, InviteeId), Id, Revision);
    }

    private void Become(InviteStatus status) => (Status, Revision) = (status, Revision + 1);
}

/// <summary>By number on Kafka, by name elsewhere.</summary>
internal enum InviteStatus
{
    Pending = 0,
    Accepted = 1,
    Declined = 2,
    Expired = 3,
    Revoked = 4,
}
