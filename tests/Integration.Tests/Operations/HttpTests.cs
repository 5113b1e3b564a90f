namespace Beat.Messaging.Integration.Tests.Operations;

/// <summary>What HTTP promises of methods, conditions, encodings and cursors, on every route that it concerns.</summary>
public abstract class HttpTests(RunningService running)
{
    private static readonly string[] OwnToAnAnswer = ["Date", "X-Request-ID", "Transfer-Encoding", "Content-Length"];

    private readonly Service service = running.Service;

    [SkippableFact]
    public async Task HEAD_answers_as_GET_does_but_for_the_body()
    {
        var ana = await service.Person("Ana");
        var group = await ana.CreateGroup();
        var message = await ana.SendText(group, "Hello");
        var paths = (await ApiContract.Of(service)).Operations.Where(operation => operation.Method == "GET")
            .Select(operation => operation.Path.Replace("{message_id}", (string?)message["id"], StringComparison.Ordinal)
                .Replace("{id}", $"{group}", StringComparison.Ordinal))
            .Concat(
                ["/", "/console/console.js", "/openapi/v1.json", "/asyncapi.json", "/scalar", "/swagger", "/api/swagger",
                    "/metrics", "/nowhere", "/api/nowhere", "/api/groups/x", "/api/groups?limit=0", "/api/v1/groups"])
            .ToList();
        Assert.True(paths.Count > 30);
        var anonymous = new Person(service.Url, Guid.Empty, "");
        anonymous.Http.DefaultRequestHeaders.Authorization = null;
        foreach (var path in paths)
        {
            foreach (var person in new[] { ana, anonymous })
            {
                var (get, head) = (await person.Get(path), await person.Send(HttpMethod.Head, path));
                Assert.True(get.Status == head.Status, $"{path}: GET {get.Status}, HEAD {head.Status}");
                Assert.Null(head.Body);
                Assert.Equal(Shown(get), Shown(head));
            }
        }
        var refused = await ana.Delete("/api/borrows");
        Assert.Equal("GET,HEAD", refused.Headers["Allow"].Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(405, (await ana.Send(HttpMethod.Head, "/dev/tokens")).Status);

        static string Shown(Answer answer) =>
            string.Join(
                '\n', answer.Headers.Where(header => !OwnToAnAnswer.Contains(header.Key))
                    .Select(header => $"{header.Key}: {header.Value}").Order());
    }

    [SkippableFact]
    public async Task An_ETag_that_the_client_has_is_304()
    {
        var ana = await service.Person("Ana");
        var group = await ana.CreateGroup();
        var path = $"/api/groups/{group}";
        foreach (var held in new[] { "\"1\"", "W/\"1\"", "*", " \"1\" ", "\"0\", \"1\"", "\"0\",W/\"1\",\"2\"",
            "W/\"x,y\", \"1\"", ",\"1\",,", "\"\", \"1\"" })
        {
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
            {
                var answer = await ana.Send(method, path, null, ("If-None-Match", held));
                Assert.True(answer.Status == 304, $"{method} {held}: {answer.Status}");
                Assert.Equal("\"1\"", answer.Headers["ETag"]);
                Assert.Null(answer.Body);
            }
        }
        foreach (var other in new[] { "\"2\"", "W/\"2\"", "1", "\"1", "'1'", "\"01\"", "\"1 \"", "w", "", "\"0\", \"2\"", "W/1" })
            Assert.True((await ana.Send(HttpMethod.Get, path, null, ("If-None-Match", other))).Status == 200, other);
        (await ana.Patch(path, new { name = "Other coats" })).Expect(200);
        Assert.Equal(200, (await ana.Send(HttpMethod.Get, path, null, ("If-None-Match", "\"1\""))).Status);
        Assert.Equal(304, (await ana.Send(HttpMethod.Get, path, null, ("If-None-Match", "\"2\""))).Status);
        // Who may not see it learns no more by a condition.
        Assert.Equal(404, (await (await service.Person("Rui")).Send(HttpMethod.Get, path, null, ("If-None-Match", "*"))).Status);

        // Wherever else there is one: files of the console, the docs.
        foreach (var file in new[] { "/", "/console/console.js", "/scalar/scalar.js" })
        {
            var tag = (await ana.Get(file)).Headers["ETag"];
            Assert.True((await ana.Send(HttpMethod.Get, file, null, ("If-None-Match", tag))).Status == 304, file);
        }
        foreach (var operation in (await ApiContract.Of(service)).Operations.Where(operation => operation.Method == "GET"))
        {
            var answer = await ana.Get(operation.Path.Replace("{id}", $"{group}", StringComparison.Ordinal));
            if (answer.Headers.ContainsKey("ETag"))
                Assert.True(operation.Definition["responses"]!["304"] is not null, operation.Name);
        }
    }

    [SkippableFact]
    public async Task A_body_in_an_encoding_that_is_not_understood_is_415()
    {
        var ana = await service.Person("Ana");
        var group = await ana.CreateGroup();
        (HttpMethod Method, string Path, object Body)[] bodies =
        [
            (HttpMethod.Post, "/api/groups", new { name = "n", description = "d" }),
            (HttpMethod.Patch, $"/api/groups/{group}", new { name = "n" }),
            (HttpMethod.Post, $"/api/groups/{group}/messages", new { content = "x" }),
            (HttpMethod.Put, $"/api/groups/{group}/read", new { seq = 1 }),
            (HttpMethod.Post, "/api/invites/accept", new { token = "x" }),
            (HttpMethod.Post, "/dev/tokens", new { display_name = "x" }),
        ];
        foreach (var (method, path, body) in bodies)
        {
            foreach (var encoding in new[] { "gzip", "br", "deflate", "zstd", "compress", "x-gzip", "GZIP", "identity, gzip",
                "gzip, identity", "utf-8", "*", "identity;q=1" })
            {
                var answer = await Send(ana, method, path, body, encoding);
                Assert.True((int)answer.StatusCode == 415, $"{path} {encoding}: {answer.StatusCode}");
                Assert.Equal("identity", Assert.Single(answer.Headers.GetValues("Accept-Encoding")));
                Assert.Equal(
                    "unsupported_media_type", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"]);
            }
            foreach (var encoding in new[] { "identity", "Identity", "identity, identity" })
                Assert.True((int)(await Send(ana, method, path, body, encoding)).StatusCode != 415, $"{path} {encoding}");
        }
        var another = await ana.Send(HttpMethod.Post, "/api/groups", "x", ("Accept", "text/html"));
        Assert.Equal(400, another.Status);

        static async Task<HttpResponseMessage> Send(Person person, HttpMethod method, string path, object body, string encoding)
        {
            using var request = new HttpRequestMessage(method, path) { Content = System.Net.Http.Json.JsonContent.Create(body) };
            request.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
            return await person.Http.SendAsync(request);
        }
    }

    [SkippableFact]
    public async Task A_cursor_goes_on_in_its_own_list_only()
    {
        var (ana, rui, eva) = (await service.Person("Ana"), await service.Person("Rui"), await service.Person("Eva"));
        var (one, two) = (await ana.CreateGroup("Winter coats"), await ana.CreateGroup("Summer coats"));
        foreach (var name in new[] { "Red coats", "Blue coats" })
            await rui.CreateGroup(name, isPublic: true);
        foreach (var group in new[] { one, two })
        {
            await ana.Invite(group, rui);
            await ana.Invite(group, eva, "moderator");
            foreach (var _ in Enumerable.Range(0, 2))
            {
                (await ana.Post(
                    $"/api/groups/{group}/messages",
                    new { type = "borrow", content = "x", garment_id = Guid.NewGuid(), borrow = new { kind = "offer" } }))
                        .Expect(201);
                (await ana.Post($"/api/groups/{group}/invites", new { invitee_id = (await service.Person("Somebody")).Id }))
                    .Expect(201);
                (await rui.Post($"/api/groups/{group}/messages", new { content = "Ana?", mentions = new[] { ana.Id } }))
                    .Expect(201);
            }
        }
        string[] ofGroup = ["members", "members?role=admin", "members?role=member", "points", "leaderboard", "invites",
            "invites?status=pending", "invites?status=accepted"];
        string[] lists =
        [
            "/api/groups", "/api/groups?search=coats", "/api/groups?search=coat", "/api/groups/public",
            "/api/groups/public?search=coats", "/api/users", "/api/users?search=somebody",
            .. new[] { one, two }.SelectMany(_ => ofGroup, (group, list) => $"/api/groups/{group}/{list}"), "/api/notifications",
            "/api/notifications?is_read=false", "/api/notifications?type=mention", "/api/notifications/preferences",
            "/api/borrows", "/api/borrows?role=lender", "/api/borrows?state=open",
        ];
        var cursors = new List<(string List, string Cursor)>();
        foreach (var list in lists)
        {
            string? cursor = null;
            await Until.True(
                async () => (cursor = (string?)(await ana.Get(With(list, "limit=1"))).Expect(
                    200)["pagination"]!["next_cursor"]) is not null || list.Contains("role=", StringComparison.Ordinal), list);
            if (cursor is not null)
                cursors.Add((list, cursor));
        }
        foreach (var (list, cursor) in cursors)
        {
            (await ana.Get(With(list, $"limit=1&after={cursor}"))).Expect(200);
            (await ana.Get(With(list, $"limit=1&before={cursor}"))).Expect(200);
            foreach (var other in lists.Where(other => other != list))
            {
                var answer = await ana.Get(With(other, $"after={cursor}"));
                Assert.True(
                    answer is { Status: 400, Code: "validation_error" } && answer.Body!["errors"]!["after"] is not null,
                    $"{list} on {other}: {answer.Status}");
            }
        }
        // A list of one's own is another than somebody else's.
        foreach (var (list, cursor) in cursors.Where(one => one.List is "/api/groups" or "/api/notifications" or "/api/borrows"))
            Assert.Equal("validation_error", (await rui.Get($"{list}?before={cursor}")).Code);

        static string With(string list, string query) =>
            $"{list}{(list.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}";
    }

    [SkippableFact]
    public async Task An_avatar_is_an_https_address_without_anything_invisible()
    {
        var ana = await service.Person("Ana");
        var group = await ana.CreateGroup();
        string[] refused =
        [
            "https://x.example/a\n.png", "https://x.example/a\r\n.png", "https://x.example/a\t.png", "\nhttps://x.example/a.png",
            "https://x.example/a.png\n", " https://x.example/a.png", "https://x.example/a.png ", "https://x.example/a b.png",
            "ht\ntps://x.example/a.png", "https://x.exa\nmple/a.png", "https://x.example/\u2028a.png",
            "https://x.example/\u0085a.png", "https://x.example/\u00a0a.png", "https://x.example/\u200ba.png",
            "https://x.example/\u202egnp.a", "https://x.example/\u0001a.png", "https://x.example/a\u007f.png", "https://",
            "https:///a.png", "http://x.example/a.png", "//x.example/a.png", "x.example/a.png", "data:image/png;base64,AA==",
            "javascript:alert(1)//https://x.example", $"https://x.example/{new string('a', 2_048)}",
        ];
        foreach (var url in refused)
        {
            foreach (var answer in new[] { await ana.Post(
                "/api/groups", new { name = $"{Guid.NewGuid()}", description = "d", avatar_url = url }),
                    await ana.Patch($"/api/groups/{group}", new { avatar_url = url }) })
                Assert.True(answer.Status == 400 && answer.Body!["errors"]!["avatar_url"] is not null, $"{url}: {answer.Status}");
        }
        foreach (var url in new[] { "https://x.example/a.png", "HTTPS://x.example:8443/a%20b.png?c=d&e=%0A#f",
            "https://exämple.org/ä/写真.png", "https://[::1]/a.png" })
            Assert.Equal(
                url, (string?)(await ana.Patch($"/api/groups/{group}", new { avatar_url = url })).Expect(200)["avatar_url"]);
    }
}

/// <inheritdoc/>
public sealed class EmbeddedHttpTests(EmbeddedService running) : HttpTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealHttpTests(RealService running) : HttpTests(running), IClassFixture<RealService>;

/// <summary>What somebody sees who starts it for the first time.</summary>
public sealed class FirstStartTests : IDisposable
{
    private readonly string folder = Scratch.Folder();

    [Fact]
    public async Task The_log_begins_with_where_everything_is_and_has_no_warning()
    {
        var port = HostProcess.FreePort();
        await using var host = HostProcess.Start(
            [], ("HOME", folder), ("BEAT_DATA", Path.Combine(folder, "data")),
            ("BEAT_MESSASSING_SERVER", $"http://127.0.0.1:{port}"), ("KAFKA_PORT", $"{HostProcess.FreePort()}"));
        await host.Ready(new Uri($"http://127.0.0.1:{port}"));
        await Until.True(() => host.Output.Contains("Dashboard", StringComparison.Ordinal), "the welcome");
        Assert.Contains("INF Beat Messaging is ready at", host.Output.Split('\n')[0], StringComparison.Ordinal);
        Assert.DoesNotContain(" WRN ", host.Output, StringComparison.Ordinal);
        // Keys that nothing uses would be among them.
        Assert.Equal(["data"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
