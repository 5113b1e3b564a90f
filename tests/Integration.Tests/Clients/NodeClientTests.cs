using System.Diagnostics;

namespace Beat.Messaging.Integration.Tests.Clients;

/// <summary>A SignalR client of another language, npm's, under Node.</summary>
public abstract class NodeClientTests(RunningService running)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Node");

    private static string Sources => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../Node"));

    [SkippableFact]
    public async Task It_misses_50_messages_and_ends_with_exactly_the_right_list()
    {
        Tool.Require("node");
        Tool.Require(
            "node", Directory.Exists(Path.Combine(Sources, "node_modules")),
            "its packages are missing: run npm ci in tests/Integration.Tests/Node");
        var service = running.Service;
        var ana = await service.Person("Ana");
        var group = await ana.CreateGroup();
        await ana.SendText(group, "first");

        using var node = Process.Start(new ProcessStartInfo(
            "node",
            [Path.Combine(Sources, "client.mjs"), new Uri(service.Url, "/hubs/messaging").ToString(), ana.Token, $"{group}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Folder,
        })!;
        var joined = await Step(node, "joined");
        Assert.Equal(2, (int)joined["seq"]!);
        Assert.Equal("validation_error", (string?)joined["problem"]);
        await node.StandardInput.WriteLineAsync("drop");
        await Step(node, "dropped");

        for (var i = 1; i <= 50; i++)
            await ana.SendText(group, $"missed {i}");
        var first = (await ana.Get($"/api/groups/{group}/messages?after=0&limit=1")).Expect(200)["data"]![0]!["id"];
        (await ana.Patch($"/api/groups/{group}/messages/{first}", new { content = "first, edited" })).Expect(200);

        await node.StandardInput.WriteLineAsync("return");
        Assert.Equal(52, (int)(await Step(node, "returned"))["at"]!);
        await ana.SendText(group, "live");
        await node.StandardInput.WriteLineAsync("drop");
        await Step(node, "dropped");
        await node.StandardInput.WriteLineAsync("return");
        await Step(node, "returned");
        await node.StandardInput.WriteLineAsync("end");
        var end = await Step(node, "end");
        Assert.Equal(Enumerable.Range(1, 53), end["seqs"]!.AsArray().Select(seq => (int)seq!));
        Assert.Equal(
            ["first, edited", "from node", .. Enumerable.Range(1, 50).Select(i => $"missed {i}"), "live"],
            end["texts"]!.AsArray().Select(text => (string)text!));
        await node.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static async Task<JsonNode> Step(Process node, string name)
    {
        var line = await node.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30));
        var step = JsonNode.Parse(line ?? throw new InvalidOperationException($"node ended before {name}"))!;
        Assert.Equal(name, (string?)step["step"]);
        return step;
    }
}

/// <inheritdoc/>
public sealed class EmbeddedNodeClientTests(EmbeddedService running) : NodeClientTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealNodeClientTests(RealService running) : NodeClientTests(running), IClassFixture<RealService>;
