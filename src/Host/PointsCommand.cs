using Beat.Messaging.Groups.Contracts;

namespace Beat.Messaging.Host;

/// <summary><c>points check | repair</c>: whether the totals of points are the sums of their ledger.</summary>
internal static class PointsCommand
{
    /// <exception cref="CommandException">They are not, and were only to be checked.</exception>
    public static async Task Run(IPointLedger ledger, bool repairs)
    {
        var differences = await ledger.Check(CancellationToken.None);
        foreach (var wrong in differences)
        {
            Console.WriteLine(
                $"group {wrong.GroupId}{(wrong.ProfileId is { } person ? $" person {person}" : "")}: "
                + $"{wrong.Points} points, {wrong.Xp} XP; the ledger says {wrong.LedgerPoints}, {wrong.LedgerXp}");
        }
        if (differences.Count == 0)
            Console.WriteLine("All totals are the sums of the ledger.");
        else if (!repairs)
            throw new CommandException($"{differences.Count} totals are not the sums of the ledger. \"points repair\" makes them so.");
        else
            await Repair(ledger, differences);
    }

    private static async Task Repair(IPointLedger ledger, IReadOnlyList<PointDifference> differences)
    {
        foreach (var groupId in differences.Select(wrong => wrong.GroupId).Distinct())
            await ledger.Repair(groupId, CancellationToken.None);
        Console.WriteLine($"{differences.Count} totals were repaired.");
    }
}
