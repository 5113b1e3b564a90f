using System.Collections.Concurrent;

namespace Beat.Messaging.Integration.Tests.Guarantees;

/// <summary>
/// kill -9 under load, again and again: nothing acknowledged is lost or doubled, and Kafka hears of everything.
/// </summary>
public sealed class CrashTests : IAsyncLifetime
{
    private const int Cycles = 20;
    private const int Senders = 4;

    private readonly string folder = Scratch.Folder();
    private readonly int port = HostProcess.FreePort();
    private readonly int kafkaPort = HostProcess.FreePort();

    private Uri Url => new($"http://127.0.0.1:{port}");

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Twenty_kills_under_load_lose_and_double_nothing()
    {
        // Outlives the service: so what it was told can be counted at the end.
        await using var broker = HostProcess.Start(["broker"], ("KAFKA_PORT", $"{kafkaPort}"));
        await Until.True(() => broker.Output.Contains("Embedded Kafka broker"), "the broker");

        Person? ana = null;
        var group = Guid.Empty;
        var acknowledged = new ConcurrentDictionary<string, long>();
        for (var cycle = 0; cycle < Cycles; cycle++)
        {
            await using var host = HostProcess.Start(
                [], ("BEAT_MESSASSING_SERVER", $"http://127.0.0.1:{port}"), ("BEAT_DATA", folder),
                ("KAFKA_BROKERS", $"127.0.0.1:{kafkaPort}"));
            await host.Ready(Url);
            if (ana is null)
            {
                ana = await HostProcess.Person(Url, "Ana");
                group = await ana.CreateGroup();
            }
            var enough = acknowledged.Count + 40 + (cycle * 7 % 30);
            using var killed = new CancellationTokenSource();
            var sending = Enumerable.Range(0, Senders)
                .Select(sender => SendUntil(ana, group, $"{cycle}-{sender}", acknowledged, killed.Token)).ToList();
            await Until.True(() => acknowledged.Count >= enough, $"{enough} acknowledged sends in cycle {cycle}");
            await host.Kill();
            await killed.CancelAsync();
            await Task.WhenAll(sending);
        }

        await using var last = HostProcess.Start(
            [], ("BEAT_MESSASSING_SERVER", $"http://127.0.0.1:{port}"), ("BEAT_DATA", folder),
            ("KAFKA_BROKERS", $"127.0.0.1:{kafkaPort}"));
        await last.Ready(Url);
        var stored = await ReadAll(ana!, group);
        Assert.Equal(Enumerable.Range(1, stored.Count).Select(seq => (long)seq), stored.Select(m => (long)m["seq"]!));
        Assert.Equal(stored.Count, stored.Select(m => (string)m["client_message_id"]!).Distinct().Count());
        var bySent = stored.ToDictionary(m => (string)m["client_message_id"]!, m => (long)m["seq"]!);
        Assert.All(acknowledged, sent => Assert.Equal(sent.Value, bySent[sent.Key]));

        // A repeat of what was acknowledged is a replay, not another message.
        var one = acknowledged.First();
        Assert.True((bool)(await ana!.SendText(group, one.Key, one.Key))["replayed"]!);

        var seen = new HashSet<string>();
        await KafkaProbe.ReadUntil($"127.0.0.1:{kafkaPort}", "messaging_chat_events", read =>
        {
            seen.UnionWith(
                read.Where(r => (string)r["value"]!["event_type"]! == "text_message")
                    .Select(r => (string)r["value"]!["payload"]!["content"]!));
            return acknowledged.Keys.All(seen.Contains);
        });
        var first = new List<long>();
        await KafkaProbe.ReadUntil($"127.0.0.1:{kafkaPort}", "messaging_chat_events", read =>
        {
            first = [.. read.Select(r => (long)r["value"]!["payload"]!["seq"]!).Distinct()];
            return first.Count >= stored.Count;
        });
        Assert.Equal(first.Order(), first);
        await last.Terminate();
        Assert.Equal(0, last.ExitCode);
    }

    private static async Task SendUntil(
        Person ana, Guid group, string name, ConcurrentDictionary<string, long> acknowledged, CancellationToken killed)
    {
        for (var i = 0; !killed.IsCancellationRequested; i++)
        {
            var id = $"{name}-{i}";
            try
            {
                var sent = await ana.Post($"/api/groups/{group}/messages", new { content = id, client_message_id = id });
                if (sent.Status == 201)
                    acknowledged[id] = (long)sent.Body!["seq"]!;
            }
            catch (Exception cut) when (cut is HttpRequestException or IOException)
            {
                // The server is being killed; the outcome of this one is unknown.
                return;
            }
        }
    }

    private static async Task<IReadOnlyList<JsonNode>> ReadAll(Person ana, Guid group)
    {
        var all = new List<JsonNode>();
        while (true)
        {
            var page = (await ana.Get($"/api/groups/{group}/messages?limit=100&after={all.Count}")).Expect(200);
            all.AddRange(page["data"]!.AsArray().Select(m => m!.DeepClone()));
            if (!(bool)page["pagination"]!["has_more"]!)
                return all;
        }
    }
}
