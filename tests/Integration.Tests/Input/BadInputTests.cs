using System.Net.Http.Headers;
using System.Text;

namespace Beat.Messaging.Integration.Tests.Input;

/// <summary>Every bad input gets the documented answer, at every door, and never a 500.</summary>
public abstract class BadInputTests(RunningService running)
{
    private readonly Service service = running.Service;

    public static TheoryData<string, string, int, string> Bodies => new()
    {
        // body, field, status, code
        { "{}", "name", 400, "validation_error" },
        { """{"name":null,"description":"d"}""", "name", 400, "validation_error" },
        { """{"name":5,"description":"d"}""", "name", 400, "validation_error" },
        { """{"name":"","description":"d"}""", "name", 400, "validation_error" },
        { """{"name":"   ","description":"d"}""", "name", 400, "validation_error" },
        { $$"""{"name":"{{new string('x', 101)}}","description":"d"}""", "name", 400, "validation_error" },
        { """{"name":"a\u0000b","description":"d"}""", "name", 400, "validation_error" },
        { """{"name":"a\ud800b","description":"d"}""", "name", 400, "validation_error" },
        { """{"name":"n","description":"d","is_public":"yes"}""", "is_public", 400, "validation_error" },
        { """{"name":"n","description":"d","avatar_url":"http://x.example/a.png"}""", "avatar_url", 400, "validation_error" },
        { """{"name":"n","description":"d","avatar_url":"javascript:alert(1)"}""", "avatar_url", 400, "validation_error" },
        { """{"name":"n","description":"d","xp":5}""", "xp", 400, "validation_error" },
        { """{"name":"n","description":"d","id":"x"}""", "id", 400, "validation_error" },
        { """{"Name":"n","description":"d"}""", "Name", 400, "validation_error" },
        { """{"name":{"a":1},"description":["d"]}""", "description", 400, "validation_error" },
        { "", "name", 400, "validation_error" },
        { "[]", "body", 400, "validation_error" },
        { "\"text\"", "body", 400, "validation_error" },
        { "null", "body", 400, "validation_error" },
        { "{\"name\":", "", 400, "malformed_json" },
        { "{\"name\":\"n\",}", "", 400, "malformed_json" },
        { "{\"name\":\"n\",\"name\":\"m\"}", "", 400, "malformed_json" },
        { "name=n", "", 400, "malformed_json" },
        { "\u0001", "", 400, "malformed_json" },
    };

    public static TheoryData<string, string, int> Addresses => new()
    {
        // method, path, status
        { "GET", "/api/groups/not-a-uuid", 400 },
        { "GET", "/api/groups/00000000-0000-0000-0000-000000000000", 404 },
        { "GET", "/api/groups?limit=0", 400 },
        { "GET", "/api/groups?limit=101", 400 },
        { "GET", "/api/groups?limit=x", 400 },
        { "GET", "/api/groups?after=bogus", 400 },
        { "GET", "/api/groups?after=AAAAAAAAAAAAAAAAAAAAAAAAAAAA", 400 },
        { "GET", "/api/notifications?is_read=maybe", 400 },
        { "GET", "/api/invites?status=lost", 400 },
        { "GET", "/api/users?ids=1,2", 400 },
        { "GET", "/api/users?ids=", 400 },
        { "GET", "/api/groups?search=%00", 400 },
        { "GET", "/api/groups/public?search=a%00b", 400 },
        { "GET", "/api/users?search=%00", 400 },
        { "GET", "/api/notifications?type=%00", 400 },
        { "GET", "/api/borrows?role=owner", 400 },
        { "GET", "/api/borrows?state=OPEN", 400 },
        { "GET", "/api/borrows?after=bogus", 400 },
        { "POST", "/api/groups/00000000-0000-0000-0000-000000000000/messages/00000000-0000-0000-0000-000000000000/borrow/steal",
            400 },
        { "POST", "/api/groups/00000000-0000-0000-0000-000000000000/messages/not-a-uuid/borrow/accept", 400 },
        { "POST", "/api/groups/00000000-0000-0000-0000-000000000000/messages/00000000-0000-0000-0000-000000000000/borrow/accept",
            404 },
        { "GET", "/api/nowhere", 404 },
        { "GET", "/nowhere", 404 },
        { "GET", "/api/groups/%F0%28%8C%28", 400 },
        { "PATCH", "/api/groups", 405 },
        { "POST", "/api/invites/not-a-uuid/accept", 400 },
    };

    [SkippableTheory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_is_refused_with_its_field(string body, string field, int status, string code)
    {
        var ana = await service.Person("Ana");
        var answer = await ana.Send(HttpMethod.Post, "/api/groups", body);
        Assert.Equal(status, answer.Status);
        Assert.Equal(code, answer.Code);
        Assert.StartsWith("application/problem+json", answer.Headers["Content-Type"]);
        Assert.Equal($"urn:beat:messaging:{code}", (string?)answer.Body!["type"]);
        Assert.Equal("/api/groups", (string?)answer.Body["instance"]);
        Assert.NotNull((string?)answer.Body["trace_id"]);
        if (field.Length > 0)
            Assert.NotNull(answer.Body["errors"]![field]);
    }

    [SkippableTheory]
    [MemberData(nameof(Addresses))]
    public async Task An_address_is_refused(string method, string path, int status)
    {
        var ana = await service.Person("Ana");
        var answer = await ana.Send(new HttpMethod(method), path);
        Assert.Equal(status, answer.Status);
        Assert.NotNull(answer.Code);
    }

    [SkippableFact]
    public async Task A_body_of_another_kind_or_too_large_is_refused()
    {
        var ana = await service.Person("Ana");
        using var form = new StringContent("name=n", Encoding.UTF8, "application/x-www-form-urlencoded");
        Assert.Equal(415, (int)(await ana.Http.PostAsync("/api/groups", form)).StatusCode);
        using var none = new ByteArrayContent([1, 2]);
        none.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        Assert.Equal(415, (int)(await ana.Http.PostAsync("/api/groups", none)).StatusCode);
        Assert.Equal(
            "payload_too_large",
            (await ana.Send(HttpMethod.Post, "/api/groups", $$"""{"name":"{{new string('x', 70_000)}}"}""")).Code);
        // Of unknown length: the server answers and hangs up, and a client that is still writing may not see the answer.
        await Until.True(
            async () =>
            {
                using var chunked = new StreamContent(
                    new MemoryStream(Encoding.UTF8.GetBytes($$"""{"name":"{{new string('x', 70_000)}}"}""")));
                chunked.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                using var request = new HttpRequestMessage(HttpMethod.Post, "/api/groups") { Content = chunked };
                request.Headers.TransferEncodingChunked = true;
                try
                {
                    using var answer = await ana.Http.SendAsync(request);
                    Assert.Equal(413, (int)answer.StatusCode);
                    return true;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            "413");
    }

    [SkippableFact]
    public async Task The_rules_of_messages_hold_at_both_doors()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup();
        await using var socket = await ana.Connect();
        await socket.Join(group);
        // Longest of all: 4,000 emoji, escaped as some clients do.
        var emoji = string.Concat(Enumerable.Repeat("\\ud83e\\udde5", 4000));
        (await ana.Send(HttpMethod.Post, $"/api/groups/{group}/messages", $$"""{"content":"{{emoji}}"}""")).Expect(201);
        (object Body, string Code)[] refused =
        [
            (new { content = new string('x', 4001) }, "message_too_long"),
            (new { content = "  " }, "validation_error"),
            (new { content = 5 }, "validation_error"),
            (new { content = "x", mentions = new[] { rui.Id } }, "validation_error"),
            (new { content = "x", mentions = Enumerable.Repeat(ana.Id, 26) }, "validation_error"),
            (new { content = "x", mentions = new[] { "x" } }, "validation_error"),
            (new { content = "x", reply_to = Guid.NewGuid() }, "validation_error"),
            (new { content = "x", client_message_id = "é" }, "validation_error"),
            (new { content = "x", client_message_id = "" }, "validation_error"),
            (new { content = "x", client_message_id = new string('x', 129) }, "validation_error"),
            (new { content = "x", seq = 5 }, "validation_error"),
            (new { content = "x", sender_id = rui.Id }, "validation_error"),
        ];
        foreach (var (body, code) in refused)
        {
            Assert.Equal(code, (await ana.Post($"/api/groups/{group}/messages", body)).Code);
            Assert.Equal(code, (string?)(await socket.Refused("SendTextMessage", group, body))["code"]);
        }
        foreach (var body in new object[] { new { type = "system", content = "x" }, new { type = "borrow", content = "x" },
            new { content = "x", garment_id = Guid.NewGuid() } })
            Assert.Equal("validation_error", (await ana.Post($"/api/groups/{group}/messages", body)).Code);
        object?[][] arguments = [["not-a-uuid", new { content = "x" }], [5, new { content = "x" }], [null, null], [group, null],
            [group, "text"], [group, new[] { 1 }]];
        foreach (var bad in arguments)
            Assert.Equal("validation_error", (string?)(await socket.Refused("SendTextMessage", bad))["code"]);
        foreach (var options in new object[] { new { after_seq = -1 }, new { after_seq = "x" }, new { changed_since = "x" },
            new { epoch = "x" }, new { since = 1 }, 5 })
            Assert.Equal("validation_error", (string?)(await socket.Refused("JoinGroup", group, options))["code"]);
        Assert.Equal("validation_error", (await ana.Send(
            HttpMethod.Post, $"/api/groups/{group}/messages", """{"content":"x","client_message_id":"a"}""",
            ("Idempotency-Key", "b"))).Code);
        foreach (var query in new[] { "before=x", "after=-1", "around=x", "changed_since=5", "type=x", "garment_id=x",
            "before=1&after=2", "limit=1000" })
            Assert.Equal("validation_error", (await ana.Get($"/api/groups/{group}/messages?{query}")).Code);
        Assert.Equal(2, (long)(await socket.SendText(group, "Nothing was stored in between"))["seq"]!);
    }

    [SkippableFact]
    public async Task A_group_id_in_a_body_is_allowed_when_it_says_the_same()
    {
        var ana = await service.Person("Ana");
        var group = await ana.CreateGroup();
        (await ana.Post($"/api/groups/{group}/messages", new { content = "x", group_id = group })).Expect(201);
        Assert.Equal(
            "validation_error",
            (await ana.Post($"/api/groups/{group}/messages", new { content = "x", group_id = Guid.NewGuid() })).Code);
    }
}

/// <inheritdoc/>
public sealed class EmbeddedBadInputTests(EmbeddedService running) : BadInputTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealBadInputTests(RealService running) : BadInputTests(running), IClassFixture<RealService>;
