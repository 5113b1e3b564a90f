using System.Net;
using System.Text;

namespace Beat.Messaging.Integration.Tests.Operations;

/// <summary>What operators see, and what they must never see.</summary>
public abstract class OperationsTests(RunningService running)
{
    private readonly Service service = running.Service;

    protected abstract IReadOnlyList<string> Dependencies { get; }

    [SkippableFact]
    public async Task Each_dependency_is_named_by_its_health()
    {
        var health = JsonNode.Parse(await service.Anonymous.GetStringAsync("/health/ready"))!;
        Assert.Equal("ok", (string?)health["status"]);
        Assert.Equal(Dependencies, health["dependencies"]!.AsObject().Select(dependency => dependency.Key));
    }

    [SkippableFact]
    public async Task The_dashboard_shows_the_last_seconds_and_loads_nothing_from_elsewhere()
    {
        var ana = await service.Person("Ana");
        await ana.SendText(await ana.CreateGroup(), "Hello");
        await Until.True(
            async () => JsonNode.Parse(await service.Anonymous.GetStringAsync("/dashboard/data"))!["samples"]!.AsArray()
                .Any(sample => (long)sample!["messages"]! > 0),
            "a sample with the message");
        var data = JsonNode.Parse(await service.Anonymous.GetStringAsync("/dashboard/data"))!;
        Assert.Equal(0, (int)data["parked_count"]!);
        // Each module's outbox, and what the message store owes.
        await Until.True(
            async () => !Host.Modules.All.Select(module => module.Name)
                .Except(Modules(await service.Anonymous.GetStringAsync("/dashboard/data"))).Any(),
            "the backlog of every module");

        using var page = await service.Anonymous.GetAsync("/dashboard/");
        Assert.StartsWith(
            "default-src 'self';", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        var html = await page.Content.ReadAsStringAsync();
        Assert.DoesNotContain("http", html, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", html, StringComparison.Ordinal);
        foreach (var file in new[] { "dashboard.js", "dashboard.css", "../favicon.svg" })
            Assert.Equal(HttpStatusCode.OK, (await service.Anonymous.GetAsync($"/dashboard/{file}")).StatusCode);

        static string[] Modules(string data) =>
            [.. JsonNode.Parse(data)!["backlogs"]!.AsArray().Select(backlog => (string)backlog!["module"]!)];
    }
}

/// <inheritdoc/>
public sealed class EmbeddedOperationsTests(EmbeddedService running) : OperationsTests(running), IClassFixture<EmbeddedService>
{
    protected override IReadOnlyList<string> Dependencies => ["events", "identity", "kafka", "messages", "sqlite"];
}

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealOperationsTests(RealService running) : OperationsTests(running), IClassFixture<RealService>
{
    protected override IReadOnlyList<string> Dependencies => ["events", "identity", "kafka", "messages", "postgresql", "redis"];
}

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class MongoOperationsTests(MongoService running) : OperationsTests(running), IClassFixture<MongoService>
{
    protected override IReadOnlyList<string> Dependencies => ["events", "identity", "kafka", "mongodb", "postgresql", "redis"];
}

/// <summary>
/// Of a process of its own: what OpenTelemetry measures is the process's, and other suites run services in this one.
/// </summary>
public sealed class MetricsTests
{
    [Fact]
    public async Task Metrics_count_what_happens()
    {
        var (url, kafka, folder) =
            (new Uri($"http://127.0.0.1:{HostProcess.FreePort()}"), HostProcess.FreePort(), Scratch.Folder());
        await using (var host = HostProcess.Start(
            [], ("BEAT_MESSASSING_SERVER", url.ToString().TrimEnd('/')), ("BEAT_DATA", folder), ("KAFKA_PORT", $"{kafka}")))
        {
            await host.Ready(url);
            var ana = await HostProcess.Person(url, "Ana");
            var group = await ana.CreateGroup();
            await using var socket = await ana.Connect();
            await socket.Join(group);
            for (var i = 0; i < 3; i++)
                await ana.SendText(group, $"{i}");
            await socket.Await("MessageReceived", 3);
            using var http = new HttpClient { BaseAddress = url };
            // The exporter answers with the last collection while that is fresh.
            await Until.True(
                async () => Metric(await http.GetStringAsync("/metrics"), "beat_messages_stored_total") == 3, "the messages");
            var metrics = await http.GetStringAsync("/metrics");
            Assert.True(Metric(metrics, "beat_deliveries_total") >= 3);
            Assert.Equal(1, Metric(metrics, "beat_connections"));
            Assert.Equal(1, Metric(metrics, "beat_groups_subscribed"));
            Assert.True(Metric(metrics, "beat_store_duration_seconds_count") > 0);
            Assert.True(Metric(metrics, "http_server_request_duration_seconds_count") > 0);
            await Until.True(
                async () => (await http.GetStringAsync("/metrics"))
                    .Contains("beat_outbox_lag_seconds{", StringComparison.Ordinal), "the lag of the outbox");
        }
        Directory.Delete(folder, recursive: true);
    }

    private static double Metric(string metrics, string name) => metrics.Split('\n')
        .Where(line => line.StartsWith($"{name}{{", StringComparison.Ordinal))
        .Sum(line => double.Parse(line.Split("} ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
}

/// <summary>Outside development.</summary>
public sealed class StaffTests
{
    [Fact]
    public async Task The_dashboard_is_for_staff()
    {
        await using var service = await Service.Start(null, "environment=Staging");
        var (ana, staff) = (await service.Person("Ana"), await service.Person("Sam", role: "admin"));
        foreach (var (method, path) in new[] { (HttpMethod.Get, "/dashboard/data"), (HttpMethod.Post, "/dashboard/replay") })
        {
            using var anonymous = await service.Anonymous.SendAsync(new HttpRequestMessage(method, path));
            Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
            Assert.Equal("Bearer", anonymous.Headers.WwwAuthenticate.ToString());
            var refused = await ana.Send(method, path);
            Assert.Equal((403, "forbidden"), (refused.Status, refused.Code));
            Assert.Equal(200, (await staff.Send(method, path)).Status);
        }
        // Its files are open: the page asks for a token.
        Assert.Equal(HttpStatusCode.OK, (await service.Anonymous.GetAsync("/dashboard/")).StatusCode);
    }

    [Fact]
    public async Task Metrics_have_a_port_of_their_own_where_one_is_set()
    {
        var port = HostProcess.FreePort();
        await using var service = await Service.Start(null, $"Metrics:Port={port}");
        var metrics = new Uri($"http://127.0.0.1:{port}");
        using var http = new HttpClient();
        Assert.Contains("beat_connections", await http.GetStringAsync(new Uri(metrics, "/metrics")), StringComparison.Ordinal);
        foreach (var path in new[] { "/health/live", "/dashboard/data", "/api/groups" })
            Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri(metrics, path))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await service.Anonymous.GetAsync("/metrics")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await service.Anonymous.GetAsync("/health/live")).StatusCode);
    }
}

/// <summary>What people write, their tokens and their addresses are in no log, trace or metric, however much is told.</summary>
public sealed class SilenceTests
{
    private const string Mark = "unrepeatable-7f3a";

    [Fact]
    public async Task Nothing_that_people_write_is_told()
    {
        using var collector = new HttpListener();
        var otlp = new Uri($"http://127.0.0.1:{HostProcess.FreePort()}/");
        collector.Prefixes.Add(otlp.ToString());
        collector.Start();
        var collected = new StringBuilder();
        var collecting = Collect(collector, collected);

        var (url, kafka, folder) =
            (new Uri($"http://127.0.0.1:{HostProcess.FreePort()}"), HostProcess.FreePort(),
                Directory.CreateTempSubdirectory("beat-"));
        await using (var host = HostProcess.Start(
            [], ("BEAT_MESSASSING_SERVER", url.ToString().TrimEnd('/')), ("BEAT_DATA", folder.FullName),
            ("KAFKA_PORT", $"{kafka}"), ("ASPNETCORE_ENVIRONMENT", "Staging"), ("Logging__LogLevel__Default", "Debug"),
            ("Logging__LogLevel__Microsoft", "Debug"), ("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.ToString()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_BSP_SCHEDULE_DELAY", "200"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "500")))
        {
            await host.Ready(url);
            var ana = await HostProcess.Person(url, "Ana");
            var group = await ana.CreateGroup();
            await using (var socket = await ana.Connect())
            {
                await socket.Join(group);
                await socket.SendText(group, $"by the hub {Mark}");
                await socket.Refused("SendTextMessage", group, new { content = Mark + new string('x', 5000) });
                await socket.Await("MessageReceived");
            }
            var sent = await ana.SendText(group, $"by REST {Mark}");
            (await ana.Patch($"/api/groups/{group}/messages/{sent["id"]}", new { content = $"edited {Mark}" })).Expect(200);
            Assert.Equal(
                400, (await ana.Post($"/api/groups/{group}/messages", new { content = Mark, mentions = new[] { Mark } })).Status);
            using var http = new HttpClient { BaseAddress = url };
            await http.GetAsync($"/api/groups?access_token={Mark}");
            await http.GetAsync($"/hubs/messaging?access_token={Mark}");
            http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {Mark}");
            Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/api/groups")).StatusCode);
            var broker = $"127.0.0.1:{kafka}";
            await KafkaProbe.Write(broker, "auth_events", new JsonObject
            {
                ["event_type"] = "user_created",
                ["payload"] =
                    new JsonObject
                    {
                        ["profile_id"] = Guid.NewGuid(),
                        ["auth_id"] = "a",
                        ["email"] = $"{Mark}@beat.test",
                        ["role"] = "client"
                    },
            }.ToJsonString());
            await KafkaProbe.Write(broker, "messaging_chat_events", $"{{{Mark}");
            await KafkaProbe.ReadUntil(broker, "messaging_chat_events.dlq", read => read.Count > 0);

            // Traces of the requests have come, and metrics.
            await Until.True(
                () => Contains(collected, "/messages") && Contains(collected, "beat.messages.stored"), "traces and metrics");
            var metrics = await http.GetStringAsync("/metrics");
            Assert.Contains("beat_messages_stored", metrics, StringComparison.Ordinal);
            Assert.DoesNotContain(Mark, metrics, StringComparison.Ordinal);
            Assert.DoesNotContain(ana.Token, metrics, StringComparison.Ordinal);

            await host.Terminate();
            foreach (var output in new[] { host.Output, Text(collected) })
            {
                Assert.NotEmpty(output);
                Assert.DoesNotContain(Mark, output, StringComparison.Ordinal);
                Assert.DoesNotContain(ana.Token, output, StringComparison.Ordinal);
            }
            // It was asked to tell much.
            Assert.Contains("\"@l\":\"Debug\"", host.Output, StringComparison.Ordinal);
        }
        collector.Stop();
        await collecting;
        folder.Delete(recursive: true);
    }

    private static bool Contains(StringBuilder collected, string text) =>
        Text(collected).Contains(text, StringComparison.Ordinal);

    private static string Text(StringBuilder collected)
    {
        lock (collected)
            return collected.ToString();
    }

    private static async Task Collect(HttpListener collector, StringBuilder collected)
    {
        while (collector.IsListening)
        {
            try
            {
                var request = await collector.GetContextAsync();
                using var body = new MemoryStream();
                await request.Request.InputStream.CopyToAsync(body);
                lock (collected)
                    collected.Append(Encoding.Latin1.GetString(body.ToArray()));
                request.Response.Close();
            }
            catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
