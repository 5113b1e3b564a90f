namespace Beat.Messaging.Groups.Points;

/// <summary>Something that moves points in a group.</summary>
internal abstract record PointChange(Guid GroupId, PointRule Rule, Guid SubjectId);

/// <param name="At">When it was earned.</param>
internal sealed record PointAward(
    Guid GroupId, PointRule Rule, Guid SubjectId, Guid ProfileId, PointRuleSettings Worth, DateTimeOffset At)
    : PointChange(GroupId, Rule, SubjectId)
{
    public DateOnly Day => DateOnly.FromDateTime(At.UtcDateTime);
}

/// <summary>All that the subject earned by the rule is taken back.</summary>
internal sealed record PointReversal(Guid GroupId, PointRule Rule, Guid SubjectId) : PointChange(GroupId, Rule, SubjectId);

/// <summary>Whose awards a daily cap counts.</summary>
internal readonly record struct CapKey(Guid GroupId, Guid ProfileId, PointRule Rule, DateOnly Day);

/// <summary>The rules of the ledger, over what is stored of the subjects and days at hand; it knows no store.</summary>
/// <param name="stored">All rows of the subjects.</param>
/// <param name="reversed">Those of the subjects that were reversed.</param>
/// <param name="awarded">How many awards each cap has counted.</param>
internal sealed class PointCalculator(
    IEnumerable<PointEntry> stored, IEnumerable<ReversedSubject> reversed, IReadOnlyDictionary<CapKey, int> awarded,
    DateTimeOffset now)
{
    private readonly Dictionary<(PointRule, Guid), List<PointEntry>> bySubject =
        stored.GroupBy(e => (e.Rule, e.SubjectId)).ToDictionary(rows => rows.Key, rows => rows.ToList());

    private readonly HashSet<(PointRule, Guid)> reversedSubjects = [.. reversed.Select(r => (r.Rule, r.SubjectId))];
    private readonly Dictionary<CapKey, int> awarded = new(awarded);

    /// <summary>The rows to append.</summary>
    public List<PointEntry> Appended { get; } = [];

    public List<ReversedSubject> NewlyReversed { get; } = [];

    public void Apply(PointChange change)
    {
        if (change is PointAward earned)
            Award(earned);
        else
            Reverse(change);
    }

    private void Award(PointAward earned)
    {
        var worth = earned.Worth;
        var rows = RowsOf(earned);
        if (worth is { Points: 0, Xp: 0 } || rows.Exists(e => e.ProfileId == earned.ProfileId))
            return;
        var key = new CapKey(earned.GroupId, earned.ProfileId, earned.Rule, earned.Day);
        var before = awarded.GetValueOrDefault(key);
        if (before >= worth.DailyCap)
            return;
        awarded[key] = before + 1;
        var award = Append(
            rows, PointKind.Award, earned.GroupId, earned.ProfileId, earned.Rule, earned.SubjectId, worth.Points, worth.Xp,
            earned.Day);
        if (reversedSubjects.Contains((earned.Rule, earned.SubjectId)))
            ReverseAward(rows, award);
    }

    private void Reverse(PointChange change)
    {
        if (!reversedSubjects.Add((change.Rule, change.SubjectId)))
            return;
        NewlyReversed.Add(new ReversedSubject { Rule = change.Rule, SubjectId = change.SubjectId });
        var rows = RowsOf(change);
        foreach (var award in rows.FindAll(e => e.Kind == PointKind.Award))
            ReverseAward(rows, award);
    }

    /// <summary>A reversal is of the day of its award, and of the amount, whatever the rule is worth by now.</summary>
    private void ReverseAward(List<PointEntry> rows, PointEntry award) => Append(
        rows, PointKind.Reversal, award.GroupId, award.ProfileId, award.Rule, award.SubjectId, -award.Points, -award.Xp,
        award.Day);

    private List<PointEntry> RowsOf(PointChange change)
    {
        if (!bySubject.TryGetValue((change.Rule, change.SubjectId), out var rows))
            bySubject[(change.Rule, change.SubjectId)] = rows = [];
        return rows;
    }

    private PointEntry Append(
        List<PointEntry> rows, PointKind kind, Guid groupId, Guid profileId, PointRule rule, Guid subjectId, int points, int xp,
        DateOnly day)
    {
        var entry = new PointEntry
        {
            Id = Guid.CreateVersion7(now),
            GroupId = groupId,
            ProfileId = profileId,
            Rule = rule,
            Kind = kind,
            SubjectId = subjectId,
            Points = points,
            Xp = xp,
            Day = day,
            InsertedAt = now,
        };
        rows.Add(entry);
        Appended.Add(entry);
        return entry;
    }
}
