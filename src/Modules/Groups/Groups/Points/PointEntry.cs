namespace Beat.Messaging.Groups.Points;

/// <summary>A row of the ledger. Never changed, never deleted; one by rule, subject, profile and kind.</summary>
internal sealed class PointEntry
{
    public required Guid Id { get; init; }

    public required Guid GroupId { get; init; }

    public required Guid ProfileId { get; init; }

    public required PointRule Rule { get; init; }

    public required PointKind Kind { get; init; }

    public required Guid SubjectId { get; init; }

    public required int Points { get; init; }

    public required int Xp { get; init; }

    /// <summary>The UTC day on which it was earned, whenever the event came: daily caps count by it.</summary>
    public required DateOnly Day { get; init; }

    public required DateTimeOffset InsertedAt { get; init; }
}

/// <summary>What a subject earns by a rule is taken back, also what it is yet to earn: its events come in any order.</summary>
internal sealed class ReversedSubject
{
    public required Guid SubjectId { get; init; }

    public required PointRule Rule { get; init; }
}

/// <summary>The sum of someone's rows in a group.</summary>
internal sealed class PointStanding
{
    public required Guid GroupId { get; init; }

    public required Guid ProfileId { get; init; }

    public int Points { get; set; }

    public int Xp { get; set; }
}

/// <summary>
/// What is known of an invite: who sent it is in one event, that it was accepted in another, and either may come first.
/// </summary>
internal sealed class InviteReplica
{
    public required Guid InviteId { get; init; }

    public Guid? InviterId { get; set; }

    public DateTimeOffset? AcceptedAt { get; set; }
}
