using Beat.Messaging.Shared.Hosting.Settings;

namespace Beat.Messaging.Groups.Points;

/// <summary>What each rule is worth.</summary>
/// <param name="BorrowReturned">To the lender.</param>
/// <param name="BorrowReturnedByBorrower">To the borrower; its cap is that of <paramref name="BorrowReturned"/>.</param>
internal sealed record PointSettings(
    PointRuleSettings GroupCreated, PointRuleSettings InviteAccepted, PointRuleSettings MessageSent,
    PointRuleSettings BorrowReturned, PointRuleSettings BorrowReturnedByBorrower, PointRuleSettings BorrowHandedOver)
{
    /// <summary>Sums of many awards have to stay whole numbers of 32 bits.</summary>
    private const int MaxPerRule = 1_000;

    private const int MaxDailyCap = 1_000_000;

    public static PointSettings Read(SettingsReader read)
    {
        var returned = Rule("BorrowReturned", 20, 30);
        return new PointSettings(
            Rule("GroupCreated", 10, 20), Rule("InviteAccepted", 5, 10), Rule("MessageSent", 0, 1, dailyCap: 50), returned,
            returned with { Points = Number("BorrowReturned:BorrowerPoints", 10), Xp = Number("BorrowReturned:BorrowerXp", 15) },
            Rule("BorrowHandedOver", 5, 5));

        PointRuleSettings Rule(string name, int points, int xp, int? dailyCap = null) => new(
            Number($"{name}:Points", points), Number($"{name}:Xp", xp),
            read.Text($"Points:{name}:DailyCap") is null ? dailyCap : read.Number($"Points:{name}:DailyCap", 0, 0, MaxDailyCap));

        int Number(string name, int otherwise) => read.Number($"Points:{name}", otherwise, 0, MaxPerRule);
    }
}

/// <param name="Points">Without points and XP the rule awards nothing.</param>
/// <param name="DailyCap">Awards per person, group and UTC day; null: as many as there are.</param>
internal sealed record PointRuleSettings(int Points, int Xp, int? DailyCap);
