namespace Beat.Messaging.Groups.Contracts;

/// <summary>The ledger of points as an operator handles it.</summary>
public interface IPointLedger
{
    /// <summary>The totals that are not the sum of their rows; none while all is well. The service may run meanwhile.</summary>
    Task<IReadOnlyList<PointDifference>> Check(CancellationToken ct);

    /// <summary>Makes the totals of a group, and of those in it, the sum of the ledger.</summary>
    Task Repair(Guid groupId, CancellationToken ct);
}

/// <param name="ProfileId">Null: the total of the group.</param>
public sealed record PointDifference(Guid GroupId, Guid? ProfileId, int Points, int Xp, int LedgerPoints, int LedgerXp);
