namespace Beat.Messaging.Groups.Points;

/// <summary>
/// Appends to the ledger, and keeps the totals that are its sums: of each group, and of each person in it. The group's row is
/// locked first, so that what concerns a group is done one after the other, whichever node does it.
/// </summary>
internal sealed class PointLedger(ModuleStore<GroupsContext> store)
{
    private static readonly TimeSpan CheckLimit = TimeSpan.FromMinutes(10);

    /// <summary>Locks groups, in one order for all.</summary>
    public static Task<Dictionary<Guid, Group>> LockStandings(GroupsContext db, IEnumerable<Guid> groupIds, CancellationToken ct)
    {
        var wanted = groupIds.Distinct().ToList();
        return db.Groups.ForUpdate().Where(g => wanted.Contains(g.Id)).OrderBy(g => g.Id).ToDictionaryAsync(g => g.Id, ct);
    }

    /// <summary>Records changes of any number of groups, in one go. A change that came before does nothing.</summary>
    /// <param name="groups">As <see cref="LockStandings"/> gave them; what concerns another one is left out.</param>
    public static async Task Record(
        GroupsContext db, Dictionary<Guid, Group> groups, IEnumerable<PointChange> changes, DateTimeOffset now,
        CancellationToken ct)
    {
        var known = changes.Where(change => groups.ContainsKey(change.GroupId)).ToList();
        var earning = known.OfType<PointAward>().Select(earned => earned.ProfileId).Distinct().ToList();
        if (earning.Count > 0)
        {
            // A deleted profile earns nothing any more.
            var deleted = await db.Users.Where(u => earning.Contains(u.ProfileId) && !u.IsKnown).Select(u => u.ProfileId)
                .ToListAsync(ct);
            known.RemoveAll(change => change is PointAward earned && deleted.Contains(earned.ProfileId));
        }
        if (known.Count == 0)
            return;
        var subjects = known.Select(change => change.SubjectId).Distinct().ToList();
        var stored = await db.Points.AsNoTracking().Where(e => subjects.Contains(e.SubjectId)).ToListAsync(ct);
        var reversed = await db.ReversedSubjects.AsNoTracking().Where(r => subjects.Contains(r.SubjectId)).ToListAsync(ct);
        var book = new PointCalculator(stored, reversed, await Awarded(db, known, ct), now);
        known.ForEach(book.Apply);

        db.AddRange(book.NewlyReversed);
        db.AddRange(book.Appended);
        var standings = await Standings(db, book.Appended, ct);
        foreach (var entry in book.Appended)
        {
            var (group, standing) = (groups[entry.GroupId], standings[(entry.GroupId, entry.ProfileId)]);
            group.SustainabilityPoints += entry.Points;
            group.Xp += entry.Xp;
            standing.Points += entry.Points;
            standing.Xp += entry.Xp;
            db.Raise(
                new PointsAwarded(
                    entry.GroupId, entry.ProfileId, entry.Rule, entry.Kind, entry.Points, entry.Xp, entry.SubjectId), entry.Id,
                        version: 1);
        }
    }

    /// <summary>The totals that are not the sum of their rows; none while all is well. The service may run meanwhile.</summary>
    public async Task<IReadOnlyList<PointDifference>> Check(CancellationToken ct)
    {
        await using var db = store.Open();
        db.Database.SetCommandTimeout(CheckLimit);
        // One statement each, so that each sees one moment of the store.
        var groups = await db.Groups.AsNoTracking()
            .Select(g => new
            {
                g.Id,
                g.SustainabilityPoints,
                g.Xp,
                LedgerPoints = db.Points.Where(e => e.GroupId == g.Id).Sum(e => e.Points),
                LedgerXp = db.Points.Where(e => e.GroupId == g.Id).Sum(e => e.Xp),
            })
            .Where(g => g.SustainabilityPoints != g.LedgerPoints || g.Xp != g.LedgerXp)
            .Select(g => new PointDifference(g.Id, null, g.SustainabilityPoints, g.Xp, g.LedgerPoints, g.LedgerXp))
            .ToListAsync(ct);
        var standings = await db.Standings.AsNoTracking()
            .Select(s => new
            {
                s.GroupId,
                s.ProfileId,
                s.Points,
                s.Xp,
                LedgerPoints = db.Points.Where(e => e.GroupId == s.GroupId && e.ProfileId == s.ProfileId).Sum(e => e.Points),
                LedgerXp = db.Points.Where(e => e.GroupId == s.GroupId && e.ProfileId == s.ProfileId).Sum(e => e.Xp),
            })
            .Where(s => s.Points != s.LedgerPoints || s.Xp != s.LedgerXp)
            .Select(s => new PointDifference(s.GroupId, s.ProfileId, s.Points, s.Xp, s.LedgerPoints, s.LedgerXp))
            .ToListAsync(ct);
        var missing = await db.Points.AsNoTracking()
            .Where(e => !db.Standings.Any(s => s.GroupId == e.GroupId && s.ProfileId == e.ProfileId))
            .GroupBy(e => new { e.GroupId, e.ProfileId })
            .Select(
                rows => new { rows.Key.GroupId, rows.Key.ProfileId, Points = rows.Sum(e => e.Points), Xp = rows.Sum(e => e.Xp) })
            .ToListAsync(ct);
        return [.. groups, .. standings,
            .. missing.Select(m => new PointDifference(m.GroupId, m.ProfileId, 0, 0, m.Points, m.Xp))];
    }

    /// <summary>Makes the totals of a group, and of those in it, the sum of the ledger.</summary>
    public Task Repair(Guid groupId, CancellationToken ct) => store.Write(async db =>
    {
        if (!(await LockStandings(db, [groupId], ct)).TryGetValue(groupId, out var group))
            return;
        var sums = await db.Points.Where(e => e.GroupId == groupId)
            .GroupBy(e => e.ProfileId)
            .Select(rows => new { ProfileId = rows.Key, Points = rows.Sum(e => e.Points), Xp = rows.Sum(e => e.Xp) })
            .ToListAsync(ct);
        (group.SustainabilityPoints, group.Xp) = (sums.Sum(s => s.Points), sums.Sum(s => s.Xp));
        await db.Standings.Where(s => s.GroupId == groupId).ExecuteDeleteAsync(ct);
        db.AddRange(
            sums.Select(s => new PointStanding { GroupId = groupId, ProfileId = s.ProfileId, Points = s.Points, Xp = s.Xp }));
    }, ct);

    private static async Task<Dictionary<CapKey, int>> Awarded(GroupsContext db, List<PointChange> changes, CancellationToken ct)
    {
        var capped = changes.OfType<PointAward>().Where(earned => earned.Worth.DailyCap is not null).ToList();
        if (capped.Count == 0)
            return [];
        var groups = capped.Select(earned => earned.GroupId).Distinct().ToList();
        var people = capped.Select(earned => earned.ProfileId).Distinct().ToList();
        var days = capped.Select(earned => earned.Day).Distinct().ToList();
        return await db.Points
            .Where(e => groups.Contains(e.GroupId) && people.Contains(e.ProfileId) && days.Contains(e.Day)
                && e.Kind == PointKind.Award)
            .GroupBy(e => new { e.GroupId, e.ProfileId, e.Rule, e.Day })
            .Select(rows => new { rows.Key, Count = rows.Count() })
            .ToDictionaryAsync(
                row => new CapKey(row.Key.GroupId, row.Key.ProfileId, row.Key.Rule, row.Key.Day), row => row.Count, ct);
    }

    private static async Task<Dictionary<(Guid, Guid), PointStanding>> Standings(
        GroupsContext db, List<PointEntry> entries, CancellationToken ct)
    {
        var groups = entries.Select(e => e.GroupId).Distinct().ToList();
        var people = entries.Select(e => e.ProfileId).Distinct().ToList();
        var standings = await db.Standings.Where(s => groups.Contains(s.GroupId) && people.Contains(s.ProfileId))
            .ToDictionaryAsync(s => (s.GroupId, s.ProfileId), ct);
        foreach (var (groupId, profileId) in entries.Select(e => (e.GroupId, e.ProfileId)).Distinct()
            .Where(key => !standings.ContainsKey(key)))
            db.Add(standings[(groupId, profileId)] = new PointStanding { GroupId = groupId, ProfileId = profileId });
        return standings;
    }
}

/// <param name="ProfileId">Null: the total of the group.</param>
internal sealed record PointDifference(Guid GroupId, Guid? ProfileId, int Points, int Xp, int LedgerPoints, int LedgerXp);
