namespace Beat.Messaging.Messages.Tests;

/// <summary>Reactions by both doors.</summary>
public abstract class ReactionTests(RunningService running)
{
    private readonly Service service = running.Service;

    [SkippableFact]
    public async Task A_reaction_is_pushed_with_its_message_counted_once_and_taken_back()
    {
        var (ana, rui, group, path) = await Message();
        await using var anas = await ana.Connect();
        await anas.Join(group);
        await using var ruis = await rui.Connect();

        Assert.Equal(2, (int)(await rui.Put($"{path}/reactions/{Uri.EscapeDataString("👍🏽")}")).Expect(200)["revision"]!);
        Assert.Equal(2, (int)(await rui.Put($"{path}/reactions/{Uri.EscapeDataString("👍🏽")}")).Expect(200)["revision"]!);
        Assert.Equal(3, (int)(await ana.Put($"{path}/reactions/{Uri.EscapeDataString("👍🏽")}")).Expect(200)["revision"]!);
        var id = path.Split('/')[^1];
        Assert.Equal(4, (int)(await ruis.Call("React", group, id, "❤️", true))!["revision"]!);
        // Without its selector it is the same emoji.
        Assert.Equal(4, (int)(await rui.Put($"{path}/reactions/{Uri.EscapeDataString("❤")}")).Expect(200)["revision"]!);

        var message = (await rui.Get(path)).Expect(200);
        Assert.Equal(4, (int)message["revision"]!);
        Assert.NotNull((string?)message["changed"]);
        Assert.Equal(
            [("👍🏽", 2, $"{rui.Id},{ana.Id}"), ("❤️", 1, $"{rui.Id}")],
            message["reactions"]!.AsArray()
                .Select(r => ((string)r!["emoji"]!, (int)r["count"]!, string.Join(',', r["profile_ids"]!.AsArray()))));
        var pushes = await anas.Await("ReactionChanged", 3);
        Assert.Equal([2, 3, 4], pushes.Select(push => (int)push["revision"]!));
        Assert.True(JsonNode.DeepEquals(message, pushes[2]), $"{message} {pushes[2]}");
        var join = await ruis.Join(group);
        Assert.True(JsonNode.DeepEquals(message, join["missed"]![0]));

        Assert.Equal(5, (int)(await rui.Delete($"{path}/reactions/{Uri.EscapeDataString("❤️")}")).Expect(200)["revision"]!);
        Assert.Equal(5, (int)(await rui.Delete($"{path}/reactions/{Uri.EscapeDataString("❤️")}")).Expect(200)["revision"]!);
        Assert.Equal(6, (int)(await ruis.Call("React", group, id, "👍🏽", false))!["revision"]!);
        Assert.Equal(
            [$"{ana.Id}"], (await ana.Get(path)).Expect(200)["reactions"]![0]!["profile_ids"]!.AsArray().Select(p => (string)p!));

        (await ana.Delete(path)).Expect(204);
        Assert.Empty((await ana.Get(path)).Expect(200)["reactions"]!.AsArray());
        Assert.Equal("message_not_found", (await rui.Put($"{path}/reactions/{Uri.EscapeDataString("👍🏽")}")).Code);
    }

    [SkippableFact]
    public async Task Only_one_emoji_is_a_reaction_at_both_doors()
    {
        var (_, rui, group, path) = await Message();
        await using var socket = await rui.Connect();
        var id = path.Split('/')[^1];
        foreach (var text in new[] { "x", "👍👍", "1", "👍 ", ":)", "é", "%", "%2F" })
        {
            Assert.Equal("validation_error", (await rui.Put($"{path}/reactions/{Uri.EscapeDataString(text)}")).Code);
            Assert.Equal("validation_error", (await rui.Delete($"{path}/reactions/{Uri.EscapeDataString(text)}")).Code);
            Assert.Equal("validation_error", (string?)(await socket.Refused("React", group, id, text, true))["code"]);
        }
        Assert.Equal(400, (await rui.Put($"{path}/reactions/%F0%28%8C%28")).Status);
        foreach (var arguments in new object?[][] { [group, id, 5, true], [group, id, null, true], [group, id, "👍", "yes"],
            [group, "x", "👍", true], [5, id, "👍", true] })
            Assert.Equal("validation_error", (string?)(await socket.Refused("React", arguments))["code"]);
        Assert.Equal(1, (int)(await rui.Get(path)).Expect(200)["revision"]!);
    }

    [SkippableFact]
    public async Task A_message_takes_twenty_different_emoji()
    {
        var (ana, rui, _, path) = await Message();
        for (var i = 0; i < 20; i++)
            (await rui.Put($"{path}/reactions/{Uri.EscapeDataString(char.ConvertFromUtf32(0x1F600 + i))}")).Expect(200);
        Assert.Equal("limit_reached", (await rui.Put($"{path}/reactions/{Uri.EscapeDataString("🧥")}")).Code);
        (await ana.Put($"{path}/reactions/{Uri.EscapeDataString("😀")}")).Expect(200);
        (await rui.Delete($"{path}/reactions/{Uri.EscapeDataString("😁")}")).Expect(200);
        (await rui.Put($"{path}/reactions/{Uri.EscapeDataString("🧥")}")).Expect(200);
    }

    [SkippableFact]
    public async Task Of_many_who_react_at_once_none_is_lost()
    {
        var ana = await service.Person("Ana");
        var group = await ana.CreateGroup(isPublic: true);
        var message = await ana.SendText(group, "Who likes it?");
        var others = await Task.WhenAll(Enumerable.Range(0, 25).Select(i => service.Person($"{i}")));
        foreach (var other in others)
            (await other.Post($"/api/groups/{group}/join")).Expect(201);
        await Task.WhenAll(others.Select(async other =>
            (await other.Put($"/api/groups/{group}/messages/{message["id"]}/reactions/{Uri.EscapeDataString("👍")}"))
                .Expect(200)));
        var now = (await ana.Get($"/api/groups/{group}/messages/{message["id"]}")).Expect(200);
        Assert.Equal(26, (int)now["revision"]!);
        Assert.Equal((25, 20), ((int)now["reactions"]![0]!["count"]!, now["reactions"]![0]!["profile_ids"]!.AsArray().Count));
    }

    private async Task<(Person Ana, Person Rui, Guid Group, string Path)> Message()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        var message = await ana.SendText(group, "Who has a raincoat?");
        return (ana, rui, group, $"/api/groups/{group}/messages/{message["id"]}");
    }
}

/// <inheritdoc/>
public sealed class EmbeddedReactionTests(EmbeddedService running) : ReactionTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class MongoReactionTests(MongoService running) : ReactionTests(running), IClassFixture<MongoService>;
