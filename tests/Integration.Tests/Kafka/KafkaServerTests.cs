using Beat.Messaging.Shared.Events.Kafka;

namespace Beat.Messaging.Integration.Tests.Kafka;

/// <summary>What only a real broker can show: it dies, is late, and moves partitions between nodes.</summary>
public sealed class KafkaServerTests
{
    [SkippableFact]
    public async Task Events_wait_for_a_broker_that_is_late_or_killed_and_come_in_order_then()
    {
        await using var kafka = await Servers.StartKafka();
        await kafka.Kill();
        await using var service = await Service.Start(null, $"KAFKA_BROKERS={kafka.Url}");
        var ana = await service.Person("Ana");
        var group = await ana.CreateGroup();
        for (var i = 0; i < 20; i++)
            await ana.SendText(group, $"{i}");
        Assert.Contains("does not answer", await service.Anonymous.GetStringAsync("/health/ready"), StringComparison.Ordinal);

        await kafka.Start();
        await Seqs(kafka, group, 20);
        using var stop = new CancellationTokenSource();
        var sending = Task.Run(async () =>
        {
            for (var i = 20; !stop.IsCancellationRequested; i++)
                await ana.SendText(group, $"{i}");
        });
        await Until.True(async () => await Head(ana, group) > 60, "messages before the kill");
        await kafka.Kill();
        var before = await Head(ana, group);
        await Until.True(async () => await Head(ana, group) > before + 40, "messages while the broker is away");
        await kafka.Start();
        await Until.True(async () => await Head(ana, group) > before + 60, "messages after it");
        await stop.CancelAsync();
        await sending;
        await Seqs(kafka, group, await Head(ana, group));

        // Topics that were missing were made, with partitions.
        var topics = await Tool.Run("kcat", ["-b", kafka.Url, "-L", "-J"]);
        var made = JsonNode.Parse(topics)!["topics"]!.AsArray()
            .ToDictionary(t => (string)t!["topic"]!, t => t!["partitions"]!.AsArray().Count);
        Assert.All(
            ["messaging_events", "messaging_chat_events", "messaging_notifications_events", "auth_events", "auth_events.dlq"],
            topic => Assert.Equal(3, made[topic]));
    }

    [SkippableFact]
    public async Task Each_record_takes_effect_once_while_nodes_come_and_go()
    {
        const int Records = 400;
        await using var kafka = await Servers.StartKafka();
        var settings = await MongoService.Settings(kafka);
        await using var one = await Service.Start(isPatient: true, null, settings);
        var ana = await one.Person("Ana");
        var groups = new List<Guid>();
        for (var i = 0; i < 3; i++)
            groups.Add(await ana.CreateGroup($"Group {i}"));
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < Records; i++)
            {
                // Without an event id: its place in the topic makes it one.
                var envelope = new JsonObject
                {
                    ["version"] = 1,
                    ["event_type"] = "text_message",
                    ["metadata"] = new JsonObject { ["source"] = "core_service" },
                    ["payload"] =
                        new JsonObject { ["group_id"] = groups[i % 3], ["sender_id"] = ana.Id, ["content"] = $"{i / 3}" },
                };
                await KafkaProbe.Write(kafka.Url, "messaging_chat_events", envelope.ToJsonString(), key: $"{groups[i % 3]}");
            }
        });
        await Until.True(async () => await Head(ana, groups[0]) > 10, "the first records");
        await using (await Service.Start(null, settings))
            await Until.True(async () => await Head(ana, groups[0]) > 50, "records that two nodes read");
        await using (await Service.Start(null, settings))
            await writing;

        foreach (var group in groups)
        {
            var expected = Records / 3 + (groups.IndexOf(group) < Records % 3 ? 1 : 0);
            await Until.True(async () => await Head(ana, group) >= expected, "every record", TimeSpan.FromSeconds(60));
            var stored = new List<JsonNode?>();
            for (var last = 0L; stored.Count < expected; last = (long)stored[^1]!["seq"]!)
                stored.AddRange(
                    (await ana.Get($"/api/groups/{group}/messages?limit=100&after={last}")).Expect(200)["data"]!.AsArray());
            Assert.Equal(expected, await Head(ana, group));
            // Each once, and those of one key in their order.
            Assert.Equal(
                Enumerable.Range(0, expected).Select(i => $"{i}"), stored.Select(m => (string?)m!["payload"]!["content"]));
        }
    }

    [SkippableFact]
    public async Task A_dead_letter_is_listed_and_replayed_once_its_cause_is_gone()
    {
        await using var kafka = await Servers.StartKafka();
        await using var service = await Service.Start(null, $"KAFKA_BROKERS={kafka.Url}");
        var ana = await service.Person("Ana");
        var (group, stranger) = (await ana.CreateGroup(), await service.Person("Rui"));
        // Its sender is no member yet; what is not an envelope will never do.
        await KafkaProbe.Write(kafka.Url, "messaging_chat_events", new JsonObject
        {
            ["version"] = 1,
            ["event_type"] = "text_message",
            ["payload"] = new JsonObject { ["group_id"] = group, ["sender_id"] = stranger.Id, ["content"] = "hello from core" },
        }.ToJsonString());
        await KafkaProbe.Write(kafka.Url, "messaging_chat_events", "{broken");
        await KafkaProbe.ReadUntil(kafka.Url, "messaging_chat_events.dlq", read => read.Count == 2);
        await ana.Invite(group, stranger);

        string[] topics = ["auth_events", "messaging_chat_events"];
        using var letters = new DeadLetterReplay(kafka.Url);
        var listed = letters.List(topics);
        Assert.Equal(2, listed.Count);
        Assert.DoesNotContain(listed, line => line.Contains("hello from core", StringComparison.Ordinal));
        Assert.Contains(listed, line => line.Contains("malformed", StringComparison.Ordinal));
        Assert.Equal(2, letters.Replay(topics).Count);

        await Until.True(async () => await Head(ana, group) == 1, "the message of core");
        // The other failed again; a second round takes only that.
        await KafkaProbe.ReadUntil(kafka.Url, "messaging_chat_events.dlq", read => read.Count == 3);
        Assert.Contains("malformed", Assert.Single(letters.List(topics)), StringComparison.Ordinal);
        Assert.Single(letters.Replay(topics));
        Assert.Equal(1, await Head(ana, group));
    }

    private static async Task<long> Head(Person person, Guid group) =>
        (long)(await person.Get($"/api/groups/{group}/messages?limit=1")).Expect(200)["head_seq"]!;

    /// <summary>
    /// On Kafka are 1 to <paramref name="head"/>, first in that order; what was in flight at a kill may come twice.
    /// </summary>
    private static async Task Seqs(Server kafka, Guid group, long head)
    {
        var first = new List<long>();
        await KafkaProbe.ReadUntil(kafka.Url, "messaging_chat_events", read =>
        {
            first = [.. read.Where(r => (string?)r["key"] == $"{group}").Select(r => (long)r["value"]!["payload"]!["seq"]!)
                .Distinct()];
            return first.Count >= head;
        });
        Assert.Equal(Enumerable.Range(1, (int)head).Select(seq => (long)seq), first);
    }
}
