using System.Diagnostics;

namespace Beat.Messaging.Integration.Tests.Operations;

/// <summary>What only a real PostgreSQL can show: it hangs, dies, and has many writers at once.</summary>
public sealed class PostgreSqlTests
{
    /// <summary>Two seconds are promised; the machine that runs this may be busy.</summary>
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(5);

    [SkippableTheory]
    [InlineData("hangs")]
    [InlineData("dies")]
    public async Task While_it_is_away_chat_goes_on_and_the_rest_says_so_soon(string how)
    {
        await using var server = await Servers.StartPostgreSql();
        await using var service = await Service.Start(null, $"DATABASE_URL={server.Url}");
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        await using var socket = await rui.Connect();
        await socket.Join(group);
        await ana.SendText(group, "before");

        if (how == "hangs")
            await server.Freeze();
        else
            await server.Kill();
        foreach (var _ in Enumerable.Range(0, 3))
        {
            var asked = Stopwatch.StartNew();
            var refused = await ana.Post("/api/groups", new { name = $"{Guid.NewGuid()}", description = "d" });
            Assert.Equal((503, "store_unavailable"), (refused.Status, refused.Code));
            Assert.InRange(asked.Elapsed, TimeSpan.Zero, Promised);
        }
        await ana.SendText(group, "meanwhile");
        await socket.Await("MessageReceived", 2);
        Assert.Contains("postgresql", await service.Anonymous.GetStringAsync("/health/ready"), StringComparison.Ordinal);

        if (how == "hangs")
            server.Thaw();
        else
            await server.Start();
        await Until.True(
            async () => (await ana.Post("/api/groups", new { name = $"{Guid.NewGuid()}", description = "d" })).Status == 201,
            "PostgreSQL is used again", TimeSpan.FromSeconds(30));
        await ana.SendText(group, "after");
        await socket.Await("MessageReceived", 3);
        Assert.Equal(3, (await rui.Get($"/api/groups/{group}/messages")).Expect(200)["data"]!.AsArray().Count);
    }

    [SkippableFact]
    public async Task Of_many_writers_at_once_every_event_is_relayed_and_those_of_one_group_in_order()
    {
        const int Writers = 16;
        var settings = await RealService.Settings();
        await using var one = await Service.Start(null, [.. settings, $"SECRET_KEY_BASE={Secret}"]);
        await using var two = await Service.Start(null, [.. settings, $"SECRET_KEY_BASE={Secret}"]);
        var groups = (await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            var person = await (writer % 2 == 0 ? one : two).Person($"Writer {writer}");
            var made = new List<Guid>();
            for (var i = 0; i < 12; i++)
            {
                var group = await person.CreateGroup($"{i}");
                for (var edit = 0; edit < 3; edit++)
                    (await person.Patch($"/api/groups/{group}", new { description = $"{edit}" })).Expect(200);
                made.Add(group);
            }
            return made;
        }))).SelectMany(made => made).ToHashSet();

        var versions = new Dictionary<Guid, List<long>>();
        await KafkaProbe.ReadUntil(one.Kafka, "messaging_events", read =>
        {
            versions = read.Where(
                r => (string?)r["headers"]!["event-type"] is "group_created" or "group_updated" && groups.Contains(GroupOf(r)))
                .GroupBy(GroupOf).ToDictionary(of => of.Key, of => of.Select(VersionOf).Distinct().ToList());
            return versions.Values.Sum(of => of.Count) >= groups.Count * 4;
        });
        Assert.Equal(groups.Count, versions.Count);
        Assert.All(versions.Values, of => Assert.Equal([1, 2, 3, 4], of));

        static Guid GroupOf(JsonNode record) => Guid.Parse((string)record["key"]!);
        static long VersionOf(JsonNode record) => (long)record["value"]!["metadata"]!["aggregate_version"]!;
    }

    [SkippableFact]
    public async Task A_node_that_freezes_loses_the_relay_and_does_no_harm_when_it_is_back()
    {
        await using var broker = await Servers.StartKafka();
        var kafka = broker.Url;
        var settings = (await MongoService.Settings(broker)).Append($"SECRET_KEY_BASE={Secret}").Select(s => s.Split('=', 2))
            .Select(pair => (pair[0], pair[1])).ToArray();
        var urls = new[] { new Uri($"http://127.0.0.1:{HostProcess.FreePort()}"),
            new Uri($"http://127.0.0.1:{HostProcess.FreePort()}") };
        // The first was alone for a while: it has every lease.
        await using var first = HostProcess.Start([], [.. settings, ("BEAT_MESSASSING_SERVER", urls[0].ToString().TrimEnd('/'))]);
        await first.Ready(urls[0]);
        var ana = await HostProcess.Person(urls[0], "Ana");
        var group = await ana.CreateGroup();
        await Relayed(kafka, group, 1);
        await using var second = HostProcess.Start(
            [], [.. settings, ("BEAT_MESSASSING_SERVER", urls[1].ToString().TrimEnd('/'))]);
        await second.Ready(urls[1]);

        await first.Freeze();
        var frozen = Stopwatch.StartNew();
        var there = new Person(urls[1], ana.Id, ana.Token, isPatient: true);
        (await there.Patch($"/api/groups/{group}", new { description = "while it is frozen" })).Expect(200);
        await there.SendText(group, "while it is frozen");
        await Relayed(kafka, group, 2);
        await KafkaProbe.ReadUntil(kafka, "messaging_chat_events", read => read.Any(r => (string?)r["key"] == $"{group}"));
        // Ten seconds are promised; the machine that runs this may be busy.
        Assert.InRange(frozen.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));

        await first.Thaw();
        (await ana.Patch($"/api/groups/{group}", new { description = "and after" })).Expect(200);
        await Relayed(kafka, group, 3);
    }

    private const string Secret = "a secret that both nodes know, of 32 characters or more";

    /// <summary>
    /// The first appearances of the group's events are versions 1 to <paramref name="version"/>, in that order.
    /// </summary>
    private static async Task Relayed(string kafka, Guid group, long version)
    {
        var versions = new List<long>();
        await KafkaProbe.ReadUntil(kafka, "messaging_events", read =>
        {
            versions = [.. read.Where(r => (string?)r["value"]!["metadata"]!["aggregate_id"] == $"{group}")
                .Select(r => (long)r["value"]!["metadata"]!["aggregate_version"]!).Distinct()];
            return versions.Count >= version;
        });
        Assert.Equal(Enumerable.Range(1, (int)version).Select(v => (long)v), versions);
    }
}
