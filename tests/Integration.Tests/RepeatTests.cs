namespace Beat.Messaging.Integration.Tests;

public abstract class RepeatTests(RunningService running)
{
    [SkippableFact]
    public async Task A_repeat_is_answered_also_when_what_was_right_then_is_not_now()
    {
        var (ana, rui) = (await running.Service.Person("Ana"), await running.Service.Person("Rui"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        var request = new { content = "Rui, is it yours?", mentions = new[] { rui.Id }, client_message_id = "a-1" };
        var path = $"/api/groups/{group}/messages";
        var sent = await ana.Post(path, request);
        Assert.Equal(204, (await rui.Post($"/api/groups/{group}/leave")).Status);

        var again = await ana.Post(path, request);
        Assert.True((bool)again.Expect(201)["replayed"]!);
        Assert.Equal((string?)sent.Expect(201)["id"], (string?)again.Body!["id"]);
        Assert.Equal(sent.Headers["Location"], again.Headers["Location"]);

        // A first send of the same is not right any more, whatever its id.
        foreach (var id in new[] { "a-2", null })
            Assert.Equal("validation_error", (await ana.Post(path, new { request.content, request.mentions, client_message_id = id })).Code);
        Assert.Equal("validation_error", (await ana.Post(path, new { content = "Another", request.mentions, request.client_message_id })).Code);
    }
}

/// <inheritdoc/>
public sealed class EmbeddedRepeatTests(EmbeddedService running) : RepeatTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealRepeatTests(RealService running) : RepeatTests(running), IClassFixture<RealService>;
