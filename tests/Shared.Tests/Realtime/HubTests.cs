using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace Beat.Messaging.Shared.Tests.Realtime;

[Collection(nameof(SequentialCollection))]
public sealed class HubTests(HubServer server) : IClassFixture<HubServer>
{
    [Fact]
    public async Task Invocations_in_flight_start_in_order_and_do_not_wait_for_each_other()
    {
        var intake = server.Intake;
        intake.Taken.Clear();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        intake.Gate = gate.Task;
        await using var client = await server.Connect();

        var answers = Enumerable.Range(0, 200).Select(number => client.InvokeAsync<JsonElement>("Send", new { number }))
            .ToArray();
        await HubServer.Until(() => intake.Taken.Count == 16, "as many as may run at once have started");
        Assert.DoesNotContain(answers, answer => answer.IsCompleted);
        gate.SetResult();

        Assert.Equal(
            Enumerable.Range(0, 200),
            (await Task.WhenAll(answers)).Select(answer => answer.GetProperty("the_number").GetInt32()));
        Assert.Equal(Enumerable.Range(0, 200), intake.Taken);
    }

    [Fact]
    public async Task Two_sends_in_one_frame_keep_their_order()
    {
        var intake = server.Intake;
        intake.Taken.Clear();
        intake.Gate = Task.CompletedTask;
        using var socket = await server.ConnectRaw();

        for (var i = 0; i < 500; i += 2)
            await HubServer.SendRaw(socket, string.Join(
                '\u001e', new[] { i, i + 1 }.Select(number => Invocation("Send", $$"""{"number":{{number}}}"""))));

        await HubServer.Until(() => intake.Taken.Count == 500, "all have arrived");
        Assert.Equal(Enumerable.Range(0, 500), intake.Taken);
    }

    [Theory]
    [InlineData("JoinGroup", "\"x\"", "group_id", "must be a UUID")]
    [InlineData("JoinGroup", "null", "group_id", "must be a UUID")]
    [InlineData("JoinGroup", "{\"a\":1}", "group_id", "must be a UUID")]
    [InlineData("Send", "null", "body", "must be an object")]
    [InlineData("Send", "{}", "number", "is required")]
    [InlineData("Send", "{\"number\":\"1\"}", "number", "must be an integer")]
    [InlineData("Send", "{\"number\":1e99}", "number", "must be an integer")]
    [InlineData("Send", "{\"number\":1,\"number\":2}", "number", "is given more than once")]
    [InlineData("Send", "{\"number\":1,\"Number\":2}", "Number", "is not a known field")]
    [InlineData("Send", "{\"number\":1,\"text\":\"\\ud800\"}", "text", "must be valid Unicode")]
    [InlineData("Send", "{\"number\":1,\"text\":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]}", "text", "must be a string")]
    public async Task Bad_argument_is_answered_with_the_problem_of_its_field(
        string method, string argument, string field, string error)
    {
        using var socket = await server.ConnectRaw();

        await HubServer.SendRaw(socket, Invocation(method, argument));
        var problem = Problem((await Receive(socket)).GetProperty("error").GetString()!);

        Assert.Equal("validation_error", problem.GetProperty("code").GetString());
        Assert.Equal(error, problem.GetProperty("errors").GetProperty(field)[0].GetString());
    }

    [Fact]
    public async Task Unknown_exception_is_internal_error_tells_nothing_and_is_logged()
    {
        await using var client = await server.Connect();

        var problem = await Refused(client, "Fail");

        Assert.Equal("internal_error", problem.GetProperty("code").GetString());
        Assert.Equal("urn:beat:messaging:internal_error", problem.GetProperty("type").GetString());
        Assert.Equal(500, problem.GetProperty("status").GetInt32());
        Assert.DoesNotContain("secret", problem.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("Error Hub method Fail failed", server.Logs);
    }

    [Fact]
    public async Task Store_that_is_away_is_said_to_be_so()
    {
        await using var client = await server.Connect();

        var problem = await Refused(client, "Away");

        Assert.Equal("store_unavailable", problem.GetProperty("code").GetString());
        Assert.Equal(1, problem.GetProperty("retry_after").GetInt32());
        Assert.Contains("Warning Hub method Away found a dependency away", server.Logs);
    }

    [Fact]
    public async Task Refusal_carries_the_members_of_its_problem_and_is_no_error_in_the_log()
    {
        await using var client = await server.Connect();

        var problem = await Refused(client, "Refuse");

        Assert.Equal("borrow_transition", problem.GetProperty("code").GetString());
        Assert.Equal("open", problem.GetProperty("state").GetString());
        Assert.DoesNotContain(server.Logs, line => line.Contains("Refuse", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Method_needs_its_scope_and_the_connection_message_view()
    {
        var profileId = Guid.NewGuid();
        await using var narrow = await server.Connect(server.Token(profileId, null, Scopes.MessageView));
        await using var full = await server.Connect(server.Token(profileId));

        var problem = await Refused(narrow, "WhoAmI");

        Assert.Equal("forbidden", problem.GetProperty("code").GetString());
        Assert.Contains(Scopes.GroupDelete, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(profileId, await full.InvokeAsync<Guid>("WhoAmI"));
        await Assert.ThrowsAsync<HttpRequestException>(() => server.Connect(server.Token(profileId, null, Scopes.GroupView)));
    }

    [Fact]
    public async Task Unknown_method_and_wrong_number_of_arguments_keep_the_words_of_the_framework()
    {
        await using var client = await server.Connect();

        var unknown = await Assert.ThrowsAsync<HubException>(() => client.InvokeAsync("Nothing"));
        var lacking = await Assert.ThrowsAsync<HubException>(() => client.InvokeAsync("JoinGroup"));

        Assert.Equal(
            "Failed to invoke 'Nothing' due to an error on the server. HubException: Method does not exist.", unknown.Message);
        Assert.Equal("Failed to invoke 'JoinGroup' due to an error on the server.", lacking.Message);
    }

    public static TheoryData<string> BrokenRecords =>
        [.. new[] { """{"type":1,"target":""", "nonsense", Invocation("Send", new string('[', 65) + new string(']', 65)) }];

    [Theory]
    [MemberData(nameof(BrokenRecords))]
    public async Task Broken_or_too_deep_json_closes_the_connection(string record)
    {
        using var socket = await server.ConnectRaw();

        await HubServer.SendRaw(socket, record);

        Assert.Equal(7, (await Receive(socket)).GetProperty("type").GetInt32());
        await Ended(socket);
    }

    [Fact]
    public async Task Message_of_64_KB_is_taken_and_a_longer_one_closes_the_connection()
    {
        using var socket = await server.ConnectRaw();
        var around = Invocation("JoinGroup", "\"\"").Length + 1;

        await HubServer.SendRaw(socket, Invocation("JoinGroup", $"\"{new string('x', (64 * 1024) - around)}\""));
        Assert.Contains("validation_error", (await Receive(socket)).GetProperty("error").GetString(), StringComparison.Ordinal);
        await HubServer.SendRaw(socket, Invocation("JoinGroup", $"\"{new string('x', (64 * 1024) - around + 1)}\""));

        Assert.Equal(7, (await Receive(socket)).GetProperty("type").GetInt32());
        await Ended(socket);
    }

    [Fact]
    public async Task Connection_closes_within_5_s_of_the_expiry_of_its_token_even_when_it_is_busy()
    {
        var (group, lifetime) = (Guid.NewGuid(), TimeSpan.FromSeconds(3));
        var started = Stopwatch.GetTimestamp();
        await using var client = await server.Connect(server.Token(null, lifetime));
        var closed = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.Closed += reason =>
        {
            closed.SetResult(reason);
            return Task.CompletedTask;
        };
        await client.InvokeAsync("JoinGroup", group);

        while (!closed.Task.IsCompleted && Stopwatch.GetElapsedTime(started) < lifetime + TimeSpan.FromSeconds(5))
        {
            server.Feed.Push(group, "N", 1);
            await Task.WhenAny(closed.Task, Task.Delay(1));
        }

        Assert.True(closed.Task.IsCompleted, "still open 5 s after the expiry");
        // Whole seconds are what a token can say.
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, lifetime.TotalSeconds - 1, lifetime.TotalSeconds + 5);
        await HubServer.Until(() => !server.Feed.HasSubscribers(group), "the feed has forgotten it");
    }

    [Fact]
    public async Task Client_that_stops_reading_is_told_to_reconnect_and_others_get_all_in_order()
    {
        var group = Guid.NewGuid();
        using var stuck = await server.ConnectRaw();
        await HubServer.SendRaw(stuck, Invocation("JoinGroup", $"\"{group}\""));
        await using var healthy = await server.Connect();
        var received = new ConcurrentQueue<int>();
        healthy.On<JsonElement>("N", push => received.Enqueue(push.GetProperty("i").GetInt32()));
        await healthy.InvokeAsync("JoinGroup", group);
        await HubServer.Until(() => server.Feed.Subscribers.Count(pair => pair.GroupId == group) == 2, "both have joined");

        var pushed = 0;
        var filler = new string('x', 20_000);
        var isClosed = false;
        for (var after = 0; after < 20; after += isClosed ? 1 : 0)
        {
            isClosed = server.Logs.Any(line => line.Contains("waiting for it; its client can resume", StringComparison.Ordinal));
            server.Feed.Push(group, "N", new { I = pushed++, Filler = filler });
            await HubServer.Until(() => received.Count >= pushed - 20, "the healthy one keeps up");
        }

        await HubServer.Until(() => received.Count == pushed, "the healthy one got all");
        Assert.Equal(Enumerable.Range(0, pushed), received);
        var records = await ReadToEnd(stuck);
        var last = records[^1];
        Assert.Equal((7, true), (last.GetProperty("type").GetInt32(), last.GetProperty("allowReconnect").GetBoolean()));
        var got = records[1..^1].Select(record => record.GetProperty("arguments")[0].GetProperty("i").GetInt32()).ToArray();
        Assert.Equal(Enumerable.Range(0, got.Length), got);
        Assert.True(got.Length < pushed - 20);
    }

    [Fact]
    public async Task Presence_follows_the_connections()
    {
        var profileId = Guid.NewGuid();
        await using (await server.Connect(server.Token(profileId)))
            Assert.True(server.Presence.IsOnline(profileId));

        await HubServer.Until(
            () =>
            {
                server.Clock.Advance(Presence.Grace + TimeSpan.FromSeconds(1));
                return !server.Presence.IsOnline(profileId);
            },
            "the absence counts");
    }

    [Fact]
    public async Task Hub_with_a_method_without_scope_does_not_start()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Services.AddRealtime<OpenHub>();
        await using var web = builder.Build();

        var refused = Assert.Throws<InvalidOperationException>(() => web.MapGroupFeed<OpenHub>("/hub", Scopes.MessageView));
        Assert.Equal("The hub method Open names no scope.", refused.Message);
    }

    private static string Invocation(string method, string argument) =>
        $$"""{"type":1,"invocationId":"1","target":"{{method}}","arguments":[{{argument}}]}""";

    private static async Task<JsonElement> Refused(HubConnection client, string method) =>
        Problem((await Assert.ThrowsAsync<HubException>(() => client.InvokeAsync(method))).Message);

    /// <summary>As the clients in the docs do it: the JSON begins after the framework's own words.</summary>
    private static JsonElement Problem(string error) =>
        JsonDocument.Parse(
            error[(error.IndexOf("HubException: ", StringComparison.Ordinal) + "HubException: ".Length)..]).RootElement;

    private static async Task<JsonElement> Receive(ClientWebSocket socket)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var buffer = new byte[64 * 1024];
        var result = await socket.ReceiveAsync(buffer, deadline.Token);
        return JsonDocument.Parse(Encoding.UTF8.GetString(buffer, 0, result.Count).TrimEnd('\u001e')).RootElement;
    }

    private static async Task<List<JsonElement>> ReadToEnd(ClientWebSocket socket)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer, deadline.Token) is { MessageType: not WebSocketMessageType.Close } part)
            all.Write(buffer, 0, part.Count);
        return [.. Encoding.UTF8.GetString(all.ToArray()).Split('\u001e', StringSplitOptions.RemoveEmptyEntries)
            .Select(record => JsonDocument.Parse(record).RootElement)];
    }

    private static async Task Ended(ClientWebSocket socket)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var result = await socket.ReceiveAsync(new byte[1024], deadline.Token);
        Assert.Equal(WebSocketMessageType.Close, result.MessageType);
    }

    internal sealed class OpenHub : Hub
    {
        public string Open() => Context.ConnectionId;
    }
}
