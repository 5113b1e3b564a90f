using System.Diagnostics;

namespace Beat.Messaging.Integration.Tests.Kafka;

/// <summary>The consumer that the docs hand to integrators, as they would start it.</summary>
public abstract class KafkaExampleTests(RunningService running)
{
    private static string Folder =>
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../docs/examples/kafka-consumer"));

    [SkippableFact]
    public async Task It_prints_what_was_said_edited_and_deleted_in_order()
    {
        Tool.Require("node");
        Tool.Require(
            "node", Directory.Exists(Path.Combine(Folder, "node_modules")),
            "its packages are missing: run npm ci in docs/examples/kafka-consumer");
        var service = running.Service;
        var ana = await service.Person("Ana");
        var group = await ana.CreateGroup();
        var hello = (string?)(await ana.SendText(group, "Hello"))["id"];
        await ana.SendText(group, "Who has a raincoat?");

        using var consumer = Process.Start(new ProcessStartInfo(
            "node", [Path.Combine(Folder, "consumer.mjs"), service.Kafka, $"example-{group}"])
        { RedirectStandardOutput = true })!;
        try
        {
            Assert.Equal($"{group} #1 {ana.Id}: Hello", await Line(consumer, group));
            Assert.Equal($"{group} #2 {ana.Id}: Who has a raincoat?", await Line(consumer, group));
            (await ana.Patch($"/api/groups/{group}/messages/{hello}", new { content = "Hello all" })).Expect(200);
            Assert.Equal($"{group} #1 is now: Hello all", await Line(consumer, group));
            (await ana.Delete($"/api/groups/{group}/messages/{hello}")).Expect(204);
            Assert.Equal($"{group} #1 was deleted", await Line(consumer, group));
        }
        finally
        {
            consumer.Kill(entireProcessTree: true);
        }
    }

    /// <summary>The next one about that group: on a shared broker others chat, too.</summary>
    private static async Task<string> Line(Process consumer, Guid group)
    {
        while (true)
        {
            var line = await consumer.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(40));
            if ((line ?? throw new InvalidOperationException("The consumer ended."))
                .StartsWith($"{group}", StringComparison.Ordinal))
                return line;
        }
    }
}

/// <inheritdoc/>
public sealed class EmbeddedKafkaExampleTests(EmbeddedService running)
    : KafkaExampleTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealKafkaExampleTests(RealService running) : KafkaExampleTests(running), IClassFixture<RealService>;
