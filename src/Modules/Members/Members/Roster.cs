namespace Beat.Messaging.Members;

/// <summary>
/// The memberships of one group: the aggregate that every change of them locks and counts, so that someone who comes back is
/// newer than the one who was removed.
/// </summary>
internal sealed class Roster
{
    /// <summary>How long someone who was kicked stays out, unless they are invited.</summary>
    public static readonly TimeSpan RejoinBan = TimeSpan.FromHours(24);

    public required Guid GroupId { get; init; }

    public bool IsPublic { get; set; }

    /// <summary>
    /// The group as Groups has it, for the answer to a transfer. <see cref="InsertedAt"/> is null until it is known: in rows of
    /// before it was kept, until it is copied anew.
    /// </summary>
    public string Name { get; set; } = "";

    public string Description { get; set; } = "";

    public string? AvatarUrl { get; set; }

    /// <summary>As of the group's last change: a transfer is one.</summary>
    public int SustainabilityPoints { get; set; }

    public int Xp { get; set; }

    public DateTimeOffset? InsertedAt { get; set; }

    public DateTimeOffset? UpdatedAt { get; set; }

    /// <summary>The group's own revision of which this is the copy.</summary>
    public long GroupRevision { get; set; }

    public required Guid OwnerId { get; set; }

    public bool IsDeleted { get; set; }

    /// <summary>Counts the changes of memberships that make an event.</summary>
    public long Version { get; set; }

    /// <summary>Adds an event of this aggregate, with the next version.</summary>
    public void Raise(MembersContext db, IIntegrationEvent happened) => db.Raise(happened, $"{GroupId}:members", ++Version);

    public Rank RankOf(Member member) => member.Role.RankOf(member.ProfileId == OwnerId);

    public Member Add(MembersContext db, Member? before, Guid profileId, Role role, DateTimeOffset now)
    {
        Raise(db, new MemberJoined(GroupId, profileId, role));
        var member = before ?? new Member { GroupId = GroupId, ProfileId = profileId };
        (member.Role, member.State, member.JoinedAt, member.KickedAt, member.Version) =
            (role, MemberState.Present, now, null, Version);
        if (before is null)
            db.Add(member);
        return member;
    }

    public void Remove(MembersContext db, Member member)
    {
        Raise(db, new MemberLeft(GroupId, member.ProfileId));
        (member.State, member.Version, member.DecidedVersion) = (MemberState.Left, Version, Version);
    }

    public void Kick(MembersContext db, Member member, Guid actorId, DateTimeOffset now)
    {
        Raise(db, new MemberKicked(GroupId, actorId, member.ProfileId));
        (member.State, member.KickedAt, member.Version, member.DecidedVersion) = (MemberState.Kicked, now, Version, Version);
    }

    public void ChangeRole(MembersContext db, Member member, Role role, Guid actorId)
    {
        Raise(db, new RoleChanged(GroupId, actorId, member.ProfileId, role));
        (member.Role, member.Version, member.DecidedVersion) = (role, Version, Version);
    }

    public void Transfer(MembersContext db, Member to)
    {
        Raise(db, new OwnershipTransferred(GroupId, OwnerId, to.ProfileId));
        (OwnerId, to.Role, to.Version, to.DecidedVersion) = (to.ProfileId, Role.Admin, Version, Version);
    }
}

/// <summary>Someone's place in a group, present or past.</summary>
internal sealed class Member
{
    public required Guid GroupId { get; init; }

    public required Guid ProfileId { get; init; }

    public Role Role { get; set; }

    public MemberState State { get; set; }

    public DateTimeOffset JoinedAt { get; set; }

    public DateTimeOffset? KickedAt { get; set; }

    /// <summary>The roster's version that this row is of.</summary>
    public long Version { get; set; }

    /// <summary>
    /// That of their last removal or change of role: an invite that was made without knowing of it does not undo it.
    /// </summary>
    public long DecidedVersion { get; set; }
}

internal enum MemberState
{
    Present = 0,
    Left = 1,
    Kicked = 2,
}
