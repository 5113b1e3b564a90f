using Microsoft.Extensions.DependencyInjection;

namespace Beat.Messaging.Groups.Points;

/// <summary><c>points check</c> and <c>points repair</c>: whether the totals of points are the sums of their ledger.</summary>
internal static class PointsCommand
{
    /// <exception cref="CommandException">They are not.</exception>
    public static async Task Check(IServiceProvider services)
    {
        var differences = await List(services.GetRequiredService<PointLedger>());
        if (differences.Count > 0)
            throw new CommandException(
                $"{differences.Count} totals are not the sums of the ledger. \"points repair\" makes them so.");
    }

    public static async Task Repair(IServiceProvider services)
    {
        var ledger = services.GetRequiredService<PointLedger>();
        var differences = await List(ledger);
        foreach (var groupId in differences.Select(wrong => wrong.GroupId).Distinct())
            await ledger.Repair(groupId, CancellationToken.None);
        if (differences.Count > 0)
            Console.WriteLine($"{differences.Count} totals were repaired.");
    }

    private static async Task<IReadOnlyList<PointDifference>> List(PointLedger ledger)
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
        return differences;
    }
}
