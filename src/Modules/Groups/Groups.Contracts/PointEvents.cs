using Beat.Messaging.Shared.Abstractions;

namespace Beat.Messaging.Groups.Contracts;

/// <summary>The ledger of points has another row.</summary>
/// <param name="ProfileId">Who has earned it, or has it taken back.</param>
/// <param name="Points">Negative in a reversal.</param>
/// <param name="Xp">Negative in a reversal.</param>
/// <param name="SubjectId">What it was earned with: a group, an invite, a message, or the message that a loan began with.</param>
public sealed record PointsAwarded(
    Guid GroupId, Guid ProfileId, PointRule Rule, PointKind Kind, int Points, int Xp, Guid SubjectId)
    : IIntegrationEvent;

/// <summary>What earns points. By number in the ledger: append, never renumber.</summary>
public enum PointRule
{
    GroupCreated = 0,
    InviteAccepted = 1,
    MessageSent = 2,
    BorrowReturned = 3,
    BorrowHandedOver = 4,
}

/// <summary>A reversal takes back what its award gave.</summary>
public enum PointKind
{
    Award = 0,
    Reversal = 1,
}
