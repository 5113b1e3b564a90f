namespace Beat.Messaging.Invites;

/// <summary>
/// An invitation of one person into one group. Pending until it is accepted, declined, revoked or too old, and then for good.
/// </summary>
internal sealed class Invite
{
    public static readonly TimeSpan ResendPause = TimeSpan.FromHours(1);

    public const int MinExpiresIn = 3_600;
    public const int MaxExpiresIn = 2_592_000;

    public required Guid Id { get; init; }

    public required Guid GroupId { get; init; }

    public required Guid InviterId { get; init; }

    public required Guid InviteeId { get; init; }

    /// <summary>What it grants; once it is accepted, what the membership became.</summary>
    public required Role Role { get; set; }

    /// <summary>The group's name when it was made: all that is shown of a group that the reader has no place in.</summary>
    public required string GroupName { get; init; }

    /// <summary>The versions of the two memberships that were known when it was made; a removal above them ends it.</summary>
    public required long InviterVersion { get; init; }

    /// <inheritdoc cref="InviterVersion"/>
    public required long InviteeVersion { get; init; }

    /// <summary>The <c>sub</c> of the invitee who has said yes, while Members is to decide; null otherwise.</summary>
    public string? EnteringAuthId { get; private set; }

    /// <summary>
    /// Revoked because its invitee came in another way: while they stay they may still accept it, once, and take the role that it
    /// grants if that is higher.
    /// </summary>
    public bool IsOpenToMember { get; private set; }

    public InviteStatus Status { get; private set; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required DateTimeOffset InsertedAt { get; init; }

    /// <summary>When the invitee was last told.</summary>
    public required DateTimeOffset NotifiedAt { get; set; }

    /// <summary>
    /// When the invitee is to be told again, because it is about to expire; null once that is done, and where it is not to be.
    /// </summary>
    public DateTimeOffset? RemindAt { get; set; }

    /// <summary>Counts the changes that make an event.</summary>
    public long Revision { get; private set; } = 1;

    /// <summary>What it is now: the timer may not have been here yet.</summary>
    public InviteStatus StatusAt(DateTimeOffset now) =>
        Status == InviteStatus.Pending && EnteringAuthId is null && ExpiresAt <= now ? InviteStatus.Expired : Status;

    public void Resend(InvitesContext db, DateTimeOffset now)
    {
        NotifiedAt = now;
        db.Raise(new InviteResent(Id, GroupId, InviterId, InviteeId, now), Guid.CreateVersion7(now), version: 1);
    }

    /// <summary>The invitee says yes: Members decides.</summary>
    public void RequestEntry(InvitesContext db, string inviteeAuthId)
    {
        EnteringAuthId = inviteeAuthId;
        db.Raise(
            new EntryRequested(Id, GroupId, InviterId, InviteeId, (int)Role, InviteeVersion), Guid.CreateVersion7(), version: 1);
    }

    /// <param name="role">What the membership is now; null when they were not let in for now, and may try again.</param>
    public void DecideEntry(InvitesContext db, Role? role)
    {
        if (role is { } granted)
        {
            Become(InviteStatus.Accepted);
            (Role, IsOpenToMember) = (granted, false);
            db.Raise(new InviteAccepted(Id, GroupId, InviteeId, EnteringAuthId!, (int)granted), Id, Revision);
        }
        EnteringAuthId = null;
    }

    public void Decline(InvitesContext db)
    {
        Become(InviteStatus.Declined);
        db.Raise(new InviteDeclined(Id, GroupId, InviteeId), Id, Revision);
    }

    /// <param name="inviteeStays">They came in another way.</param>
    public void Revoke(InvitesContext db, bool inviteeStays = false)
    {
        (IsOpenToMember, EnteringAuthId) = (inviteeStays, null);
        if (Status == InviteStatus.Revoked)
            return;
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
