using Beat.Messaging.Groups.Contracts;
using Beat.Messaging.Groups.Points;
using Beat.Messaging.Invites.Contracts;
using Beat.Messaging.Messages.Contracts;
using CsCheck;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Groups.Tests.Points;

/// <summary>The ledger of points, by its handlers and on its store.</summary>
public abstract class LedgerTests : IAsyncLifetime
{
    private const int Cap = 3;
    private static readonly DateTimeOffset LastOfDay = new(2026, 3, 1, 23, 59, 59, 999, TimeSpan.Zero);
    private static readonly DateTimeOffset FirstOfNext = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
    private readonly Guid ana = Guid.NewGuid(), rui = Guid.NewGuid();
    private GroupsFixture? opened;

    private GroupsFixture Fixture => opened!;

    /// <summary>How many histories are tried.</summary>
    private protected abstract int Histories { get; }

    public async Task InitializeAsync()
    {
        try
        {
            opened = await GroupsFixture.Open(await Database(), ("Points:MessageSent:DailyCap", $"{Cap}"));
        }
        catch (SkipException)
        {
            // Each test says so itself.
        }
    }

    public async Task DisposeAsync()
    {
        if (opened is not null)
            await opened.DisposeAsync();
    }

    /// <summary>Skips where there is no such server.</summary>
    private protected abstract Task<string?> Database();

    [SkippableFact]
    public async Task An_invite_and_a_loan_earn_what_the_rules_say()
    {
        var group = await Begin();
        var (invite, loan) = (Guid.NewGuid(), Guid.NewGuid());
        await Fixture.Deliver(new InviteAccepted(invite, group, rui, "", 0), LastOfDay);
        Assert.Empty(await Fixture.Rows(group));
        await Fixture.Deliver(new InviteCreated(invite, group, ana, rui, 0, 0), LastOfDay);
        await Fixture.Deliver(Loan(group, loan, BorrowState.Accepted), LastOfDay);
        await Fixture.Deliver(Loan(group, loan, BorrowState.HandedOver), LastOfDay);
        await Fixture.Deliver(Loan(group, loan, BorrowState.Returned), LastOfDay);
        Assert.Equal(
            new[]
            {
                (PointRule.InviteAccepted, ana, invite, 5, 10), (PointRule.BorrowHandedOver, ana, loan, 5, 5),
                (PointRule.BorrowReturned, ana, loan, 20, 30), (PointRule.BorrowReturned, rui, loan, 10, 15),
            }.Order(),
            (await Fixture.Rows(group)).Select(e => (e.Rule, e.ProfileId, e.SubjectId, e.Points, e.Xp)).Order());
        var totals = await Fixture.Group(group);
        Assert.Equal((40, 60), (totals.SustainabilityPoints, totals.Xp));
        Assert.Equal(1, totals.Revision);
    }

    [SkippableFact]
    public async Task Awards_stop_at_the_cap_of_a_day_and_a_reversal_frees_none()
    {
        var group = await Begin();
        var messages = Enumerable.Range(0, Cap + 1).Select(_ => Text(group, ana, LastOfDay)).ToList();
        await Fixture.Deliver([.. messages.Select(m => ((IIntegrationEvent)m, LastOfDay))]);
        Assert.Equal(Cap, (await Fixture.Rows(group)).Count);
        await Fixture.Deliver(Deleted(group, messages[0].Id), LastOfDay);
        Assert.Equal(Cap - 1, (await Fixture.Group(group)).Xp);
        await Fixture.Deliver(Text(group, ana, LastOfDay), LastOfDay);
        Assert.Equal(Cap - 1, (await Fixture.Group(group)).Xp);
        // Another's, and another group's, are counted for themselves.
        await Fixture.Deliver(Text(group, rui, LastOfDay), LastOfDay);
        Assert.Equal(Cap, (await Fixture.Group(group)).Xp);
        var other = (await Fixture.CreateGroups(1))[0];
        await Fixture.Deliver(Text(other, ana, LastOfDay), LastOfDay);
        Assert.Equal(1, (await Fixture.Group(other)).Xp);
    }

    [SkippableFact]
    public async Task A_day_is_that_of_the_event_whenever_it_comes()
    {
        var group = await Begin();
        for (var i = 0; i < Cap; i++)
            await Fixture.Deliver(Text(group, ana, FirstOfNext), FirstOfNext);
        // Late, and of the day before by a millisecond.
        await Fixture.Deliver(Text(group, ana, LastOfDay), LastOfDay);
        await Fixture.Deliver(Text(group, ana, FirstOfNext), FirstOfNext);
        Assert.Equal(
            [DateOnly.FromDateTime(LastOfDay.Date), .. Enumerable.Repeat(DateOnly.FromDateTime(FirstOfNext.Date), Cap)],
            (await Fixture.Rows(group)).Select(e => e.Day).Order());
    }

    [SkippableFact]
    public async Task What_is_taken_back_before_it_is_earned_is_worth_nothing()
    {
        var group = await Begin();
        var message = Text(group, ana, LastOfDay);
        var loan = Guid.NewGuid();
        await Fixture.Deliver(Deleted(group, message.Id), LastOfDay);
        await Fixture.Deliver(Loan(group, loan, BorrowState.Disputed), LastOfDay);
        Assert.Empty(await Fixture.Rows(group));
        await Fixture.Deliver(message, LastOfDay);
        await Fixture.Deliver(Loan(group, loan, BorrowState.HandedOver), LastOfDay);
        await Fixture.Deliver(Loan(group, loan, BorrowState.HandedOver), LastOfDay);
        var rows = await Fixture.Rows(group);
        Assert.Equal(2, rows.Count(e => e.Kind == PointKind.Award));
        Assert.Equal(2, rows.Count(e => e.Kind == PointKind.Reversal));
        Assert.Equal((0, 0), (rows.Sum(e => e.Points), rows.Sum(e => e.Xp)));
        Assert.Equal((0, 0), ((await Fixture.Group(group)).SustainabilityPoints, (await Fixture.Group(group)).Xp));
    }

    [SkippableFact]
    public async Task Totals_that_somebody_changed_are_found_and_repaired()
    {
        var group = await Begin();
        await Fixture.Deliver(Text(group, ana, LastOfDay), LastOfDay);
        await Fixture.Deliver(Text(group, rui, LastOfDay), LastOfDay);
        Assert.Empty(await Fixture.Ledger.Check(default));
        await using (var db = Fixture.Store.Open())
        {
            await db.Groups.Where(g => g.Id == group).ExecuteUpdateAsync(row => row.SetProperty(g => g.Xp, 7));
            await db.Standings.Where(s => s.GroupId == group && s.ProfileId == ana)
                .ExecuteUpdateAsync(row => row.SetProperty(s => s.Points, 9));
            await db.Standings.Where(s => s.GroupId == group && s.ProfileId == rui).ExecuteDeleteAsync();
        }
        Assert.Equal(
            new PointDifference[] { new(group, null, 0, 7, 0, 2), new(group, ana, 9, 1, 0, 1),
                new(group, rui, 0, 0, 0, 1) }.OrderBy(d => $"{d}"),
            (await Fixture.Ledger.Check(default)).OrderBy(d => $"{d}"));
        await Fixture.Ledger.Repair(group, default);
        Assert.Empty(await Fixture.Ledger.Check(default));
        Assert.Equal(2, (await Fixture.Group(group)).Xp);
    }

    /// <summary>
    /// Hundreds of histories at once, each of a group of its own, in any order, with repeats, in batches that overlap.
    /// </summary>
    [SkippableFact]
    public async Task Whatever_comes_in_whatever_order_totals_are_the_sum_of_the_ledger()
    {
        await Begin();
        const int AtOnce = 250;
        await Gen.Int.Array[AtOnce].SampleAsync(
            Run, iter: Math.Max(1, Histories / AtOnce), threads: 1, print: seeds => string.Join(",", seeds));
        Assert.Empty(await Fixture.Ledger.Check(default));
    }

    private async Task Run(int[] seeds)
    {
        var groups = await Fixture.CreateGroups(seeds.Length);
        var histories = seeds.Select((seed, i) => new History(groups[i], new Random(seed))).ToList();
        var random = new Random(seeds[0]);
        var events = histories.SelectMany(history => history.Told).ToArray();
        random.Shuffle(events);
        foreach (var batch in events.Chunk(500))
        {
            var types = batch.GroupBy(e => e.Happened.GetType()).Select(same => same.ToList()).ToArray();
            random.Shuffle(types);
            await Task.WhenAll(types.Select(same => Task.Run(() => Fixture.Deliver(same))));
        }
        var (rows, totals, standings) = await Fixture.Store.Read(async db => (
            (await db.Points.AsNoTracking().Where(e => groups.Contains(e.GroupId)).ToListAsync()).ToLookup(e => e.GroupId),
            await db.Groups.AsNoTracking().Where(g => groups.Contains(g.Id)).ToDictionaryAsync(g => g.Id),
            (await db.Standings.AsNoTracking().Where(s => groups.Contains(s.GroupId)).ToListAsync()).ToLookup(s => s.GroupId)));
        foreach (var history in histories)
            history.Check([.. rows[history.GroupId]], totals[history.GroupId], [.. standings[history.GroupId]], Cap);
    }

    private async Task<Guid> Begin()
    {
        if (opened is null)
            await Database();
        return (await Fixture.CreateGroups(1))[0];
    }

    private BorrowChanged Loan(Guid group, Guid message, BorrowState state) =>
        new(group, message, Guid.NewGuid(), state, ana, rui, ana, null);

    private static TextMessageSent Text(Guid group, Guid sender, DateTimeOffset at) =>
        new(Guid.NewGuid(), 1, group, sender, "Hello", null, [], at);

    private static MessageDeleted Deleted(Guid group, Guid message) => new(message, 1, group, Guid.NewGuid(), 2, LastOfDay);

    /// <summary>What happened in a group, told in any order and more than once; and what the ledger must say of it.</summary>
    private sealed class History
    {
        private readonly HashSet<(PointRule, Guid Subject, Guid Profile, int, int)> uncapped = [];
        private readonly Dictionary<Guid, (Guid Sender, DateOnly Day)> sent = [];
        private readonly HashSet<(PointRule, Guid Subject)> reversed = [];

        public History(Guid groupId, Random random)
        {
            GroupId = groupId;
            var people = Enumerable.Range(0, 3).Select(_ => Guid.NewGuid()).ToArray();
            for (var i = random.Next(10); i > 0; i--)
            {
                var (message, at, sender) =
                    (Guid.NewGuid(), random.Next(2) == 0 ? LastOfDay : FirstOfNext, people[random.Next(3)]);
                if (random.Next(8) > 0)
                {
                    IIntegrationEvent happened = random.Next(3) == 0
                        ? new BorrowMessageSent(
                            message, 1, groupId, sender, "", null, [], at, Guid.NewGuid(),
                            new BorrowProposal(BorrowKind.Request, null, null))
                        : new TextMessageSent(message, 1, groupId, sender, "", null, [], at);
                    Tell(happened, at, random);
                    sent[message] = (sender, DateOnly.FromDateTime(at.UtcDateTime));
                }
                if (random.Next(3) == 0)
                {
                    Tell(Deleted(groupId, message), at, random);
                    reversed.Add((PointRule.MessageSent, message));
                }
            }
            for (var i = random.Next(3); i > 0; i--)
            {
                var (loan, lender, borrower) = (Guid.NewGuid(), people[random.Next(2)], people[2]);
                foreach (var state in Enum.GetValues<BorrowState>().Where(_ => random.Next(2) == 0))
                {
                    Tell(
                        new BorrowChanged(groupId, loan, Guid.NewGuid(), state, lender, borrower, null, null), LastOfDay, random);
                    if (state == BorrowState.HandedOver)
                        uncapped.Add((PointRule.BorrowHandedOver, loan, lender, 5, 5));
                    if (state == BorrowState.Returned)
                        uncapped.UnionWith(
                            [(PointRule.BorrowReturned, loan, lender, 20, 30),
                                (PointRule.BorrowReturned, loan, borrower, 10, 15)]);
                    if (state == BorrowState.Disputed)
                        reversed.UnionWith([(PointRule.BorrowHandedOver, loan), (PointRule.BorrowReturned, loan)]);
                }
            }
            if (random.Next(4) == 0)
            {
                var invite = Guid.NewGuid();
                var (isCreated, isAccepted) = (random.Next(4) > 0, random.Next(4) > 0);
                if (isCreated)
                    Tell(new InviteCreated(invite, groupId, people[1], Guid.NewGuid(), 0, 0), LastOfDay, random);
                if (isAccepted)
                    Tell(new InviteAccepted(invite, groupId, Guid.NewGuid(), "", 0), LastOfDay, random);
                if (isCreated && isAccepted)
                    uncapped.Add((PointRule.InviteAccepted, invite, people[1], 5, 10));
            }
        }

        public Guid GroupId { get; }

        public List<(IIntegrationEvent Happened, DateTimeOffset At)> Told { get; } = [];

        public void Check(IReadOnlyList<PointEntry> rows, Group group, IReadOnlyList<PointStanding> standings, int cap)
        {
            var awards = rows.Where(e => e.Kind == PointKind.Award).ToList();
            Assert.Equal(
                uncapped.Order(), awards.Where(e => e.Rule != PointRule.MessageSent)
                    .Select(e => (e.Rule, e.SubjectId, e.ProfileId, e.Points, e.Xp)).Order());
            var messages = awards.Where(e => e.Rule == PointRule.MessageSent).ToList();
            Assert.All(messages, e => Assert.Equal((sent[e.SubjectId], 0, 1), ((e.ProfileId, e.Day), e.Points, e.Xp)));
            Assert.Equal(
                sent.Values.GroupBy(key => key).Select(same => (same.Key, Math.Min(cap, same.Count()))).Order(),
                messages.GroupBy(e => (e.ProfileId, e.Day))
                    .Select(same => (same.Key, same.Select(e => e.SubjectId).Distinct().Count())).Order());
            Assert.Equal(
                awards.Where(e => reversed.Contains((e.Rule, e.SubjectId)))
                    .Select(e => (e.Rule, e.SubjectId, e.ProfileId, -e.Points, -e.Xp)).Order(),
                rows.Where(e => e.Kind == PointKind.Reversal).Select(e => (e.Rule, e.SubjectId, e.ProfileId, e.Points, e.Xp))
                    .Order());
            Assert.Equal((rows.Sum(e => e.Points), rows.Sum(e => e.Xp)), (group.SustainabilityPoints, group.Xp));
            Assert.Equal(
                rows.GroupBy(e => e.ProfileId).Select(mine => (mine.Key, mine.Sum(e => e.Points), mine.Sum(e => e.Xp))).Order(),
                standings.Select(s => (s.ProfileId, s.Points, s.Xp)).Order());
        }

        private void Tell(IIntegrationEvent happened, DateTimeOffset at, Random random)
        {
            for (var times = 1 + (random.Next(3) / 2); times > 0; times--)
                Told.Add((happened, at));
        }
    }
}

/// <inheritdoc/>
public sealed class SqliteLedgerTests : LedgerTests
{
    private protected override int Histories => 10_000;

    private protected override Task<string?> Database() => Task.FromResult<string?>(null);
}

/// <inheritdoc/>
public sealed class PostgreSqlLedgerTests : LedgerTests
{
    private protected override int Histories => 1_000;

    private protected override async Task<string?> Database() => await Servers.PostgreSql();
}
