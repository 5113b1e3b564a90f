using Beat.Messaging.Groups.Points;
using Microsoft.Extensions.DependencyInjection;

namespace Beat.Messaging.Groups.Tests;

/// <summary>Points from what people do to the ledger, the leaderboard, pushes and Kafka.</summary>
public abstract class PointsTests(RunningService running)
{
    private readonly Service service = running.Service;

    [SkippableFact]
    public async Task What_people_do_earns_points_that_everybody_can_read()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup();
        Assert.Equal((10, 20), await Totals(ana, group));
        await ana.Invite(group, rui);
        Assert.Equal((15, 30), await Totals(ana, group));
        await using var anas = await ana.Connect();
        await anas.Join(group);

        var first = (await rui.SendText(group, "Hello"))["id"]!.GetValue<Guid>();
        await rui.SendText(group, "Hello again");
        await Until.True(async () => await Totals(ana, group) == (15, 32), "two messages to be counted");
        (await rui.Delete($"/api/groups/{group}/messages/{first}")).Expect(204);
        await Until.True(async () => await Totals(ana, group) == (15, 31), "a deleted message to be taken back");
        var loan = await Lend(group, lender: rui, borrower: ana);
        await Move(rui, group, loan, "return");
        await Until.True(async () => await Totals(ana, group) == (50, 82), "a loan to be counted");
        await anas.Await("GroupUpdated", where: push => (int)push["sustainability_points"]! == 50 && (int)push["xp"]! == 82);

        var leaders = (await rui.Get($"/api/groups/{group}/leaderboard")).Expect(200)["data"]!.AsArray();
        Assert.Equal(
            [(1, ana.Id, 25, 46), (2, rui.Id, 25, 36)],
            leaders.Select(l => ((int)l!["rank"]!, l["profile_id"]!.GetValue<Guid>(), (int)l["points"]!, (int)l["xp"]!)));
        var rows = await All(rui, $"/api/groups/{group}/points");
        Assert.Equal(9, rows.Count);
        Assert.Equal((50, 82), (rows.Sum(row => (int)row["points"]!), rows.Sum(row => (int)row["xp"]!)));
        var times = rows.Select(row => (string)row["inserted_at"]!).ToList();
        Assert.Equal(times.OrderDescending(StringComparer.Ordinal), times);
        var reversal = Assert.Single(rows, row => (string?)row["kind"] == "reversal");
        Assert.Equal(
            ("message_sent", $"{first}", $"{rui.Id}", -1),
            ((string)reversal["rule"]!, (string)reversal["subject_id"]!, (string)reversal["profile_id"]!, (int)reversal["xp"]!));

        var mirrored = await KafkaProbe.ReadUntil(
            service.Kafka, "messaging_events", records => Awarded(records, group).Count >= rows.Count);
        Assert.Equal(
            rows.Select(row => (string[])[(string)row["id"]!, .. Facts.Select(fact => $"{row[fact]}")])
                .Select(facts => string.Join(" ", facts)).Order(StringComparer.Ordinal),
            Awarded(mirrored, group)
                .Select(
                    value => (string[])[(string)value["metadata"]!["aggregate_id"]!,
                        .. Facts.Select(fact => $"{value["payload"]![fact]}")])
                .Select(facts => string.Join(" ", facts)).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(
            await service.Services.GetRequiredService<PointLedger>().Check(default), wrong => wrong.GroupId == group);
    }

    [SkippableFact]
    public async Task A_disputed_loan_takes_back_what_it_earned()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        var loan = await Lend(group, lender: rui, borrower: ana);
        await Until.True(async () => await Totals(ana, group) == (20, 36), "the hand-over to be counted");
        await Move(ana, group, loan, "dispute");
        await Until.True(async () => await Totals(ana, group) == (15, 31), "it to be taken back");
        var rows = (await All(ana, $"/api/groups/{group}/points")).Where(row => (string?)row["rule"] == "borrow_handed_over");
        Assert.Equal(
            [("award", $"{rui.Id}", $"{loan}", 5, 5), ("reversal", $"{rui.Id}", $"{loan}", -5, -5)],
            rows.Select(
                row => ((string)row["kind"]!, (string)row["profile_id"]!, (string)row["subject_id"]!, (int)row["points"]!,
                    (int)row["xp"]!)).Order());
    }

    [SkippableFact]
    public async Task Everybody_has_a_place_on_the_leaderboard_and_those_with_as_much_share_a_rank()
    {
        var ana = await service.Person("Ana");
        var group = await ana.CreateGroup();
        var others = new List<Person>();
        for (var i = 0; i < 4; i++)
        {
            others.Add(await service.Person($"Member {i}"));
            await ana.Invite(group, others[i]);
        }
        await others[0].SendText(group, "Hello");
        await others[1].SendText(group, "Hello");
        await Until.True(async () => await Totals(ana, group) == (30, 62), "messages to be counted");
        var whole = (await ana.Get($"/api/groups/{group}/leaderboard")).Expect(200)["data"]!.AsArray();
        Assert.Equal([1, 2, 2, 4, 4], whole.Select(l => (int)l!["rank"]!));
        Assert.Equal([60, 1, 1, 0, 0], whole.Select(l => (int)l!["xp"]!));
        for (var limit = 1; limit <= 3; limit++)
            Assert.Equal(
                whole.Select(l => l!.ToJsonString()),
                (await All(ana, $"/api/groups/{group}/leaderboard", limit)).Select(l => l.ToJsonString()));
        var second = (await ana.Get($"/api/groups/{group}/leaderboard?limit=2")).Expect(200)["pagination"]!["next_cursor"];
        Assert.Equal(
            whole.Skip(2).Take(1).Select(l => l!.ToJsonString()),
            (await ana.Get($"/api/groups/{group}/leaderboard?limit=1&after={second}")).Expect(200)["data"]!.AsArray()
                .Select(l => l!.ToJsonString()));
        // Who goes takes their place, and leaves what they earned to the group.
        (await others[0].Post($"/api/groups/{group}/leave")).Expect(204);
        Assert.Equal([1, 2, 3, 3], (await All(ana, $"/api/groups/{group}/leaderboard")).Select(l => (int)l["rank"]!));
        Assert.Equal((30, 62), await Totals(ana, group));
    }

    [SkippableTheory]
    [InlineData("points")]
    [InlineData("leaderboard")]
    public async Task Strangers_do_not_see_what_a_public_group_has_earned_and_bad_pages_are_refused(string list)
    {
        var (ana, eva) = (await service.Person("Ana"), await service.Person("Eva"));
        var group = await ana.CreateGroup(isPublic: true);
        Assert.Equal("forbidden", (await eva.Get($"/api/groups/{group}/{list}")).Code);
        Assert.Equal("group_not_found", (await eva.Get($"/api/groups/{Guid.NewGuid()}/{list}")).Code);
        Assert.Equal("validation_error", (await ana.Get($"/api/groups/{group}/{list}?limit=0")).Code);
        Assert.Equal("validation_error", (await ana.Get($"/api/groups/{group}/{list}?after=x")).Code);
    }

    private static readonly string[] Facts = ["rule", "kind", "profile_id", "subject_id", "points", "xp"];

    private static async Task<(int, int)> Totals(Person person, Guid group)
    {
        var read = (await person.Get($"/api/groups/{group}")).Expect(200);
        return ((int)read["sustainability_points"]!, (int)read["xp"]!);
    }

    /// <summary>All pages of a list, read one after the other.</summary>
    private static async Task<IReadOnlyList<JsonNode>> All(Person person, string path, int limit = 3)
    {
        var read = new List<JsonNode>();
        JsonNode? next = null;
        do
        {
            var page = (await person.Get($"{path}?limit={limit}{(next is null ? "" : $"&after={next}")}")).Expect(200);
            read.AddRange(page["data"]!.AsArray()!);
            next = (bool)page["pagination"]!["has_more"]! ? page["pagination"]!["next_cursor"] : null;
        }
        while (next is not null);
        return read;
    }

    private static List<JsonNode> Awarded(IReadOnlyList<JsonNode> records, Guid group) =>
    [
        .. records.Select(record => record["value"]!)
            .Where(value => (string?)value["event_type"] == "points_awarded" && (string?)value["key"] == $"{group}")
            .DistinctBy(value => (string?)value["metadata"]!["event_id"]),
    ];

    /// <summary>A garment that is handed over.</summary>
    /// <returns>The message that the loan began with.</returns>
    private static async Task<Guid> Lend(Guid group, Person lender, Person borrower)
    {
        var asked = (await borrower.Post($"/api/groups/{group}/messages", new
        {
            type = "borrow",
            content = "May I have it?",
            garment_id = Guid.NewGuid(),
            borrow = new { kind = "request", owner_id = lender.Id },
            client_message_id = $"{Guid.NewGuid()}",
        })).Expect(201)["id"]!.GetValue<Guid>();
        await Move(lender, group, asked, "accept");
        await Move(lender, group, asked, "hand_over");
        return asked;
    }

    private static async Task Move(Person person, Guid group, Guid loan, string action) =>
        (await person.Post($"/api/groups/{group}/messages/{loan}/borrow/{action}", new { })).Expect(200);
}

/// <inheritdoc/>
public sealed class EmbeddedPointsTests(EmbeddedService running) : PointsTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealPointsTests(RealService running) : PointsTests(running), IClassFixture<RealService>;
