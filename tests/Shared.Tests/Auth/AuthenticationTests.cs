using Beat.Messaging.Shared.Hosting.Auth;
using Beat.Messaging.Shared.Hosting.Settings;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Beat.Messaging.Shared.Tests.Auth;

/// <summary>Who may come in where, and from which page.</summary>
public sealed class AuthenticationTests : IAsyncLifetime
{
    private const string Friend = "https://chat.example";

    private readonly AuthServer auth = new();
    private AuthTestServer door = null!;

    public async Task InitializeAsync()
    {
        await auth.Start();
        door = await (await AuthTestServer.Open(auth.Jwks, settings: [("Cors:Origins", Friend)])).WithKeys();
    }

    public async Task DisposeAsync()
    {
        await door.DisposeAsync();
        await auth.DisposeAsync();
    }

    [Theory]
    [InlineData("/closed")]
    [InlineData("/me")]
    [InlineData("/groups")]
    [InlineData("/hubs/messaging")]
    public async Task Without_a_token_everything_is_closed_that_is_not_opened(string path)
    {
        using var response = await door.Get(path, token: null);

        await ProblemBody.Read(response, 401, "unauthorized");
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task Open_routes_answer_with_any_token_or_none()
    {
        Assert.Equal("open", await door.Http.GetStringAsync("/open"));
        Assert.Equal(HttpStatusCode.OK, (await door.Get("/open", "nonsense")).StatusCode);
    }

    [Fact]
    public async Task Other_schemes_are_no_token()
    {
        using var response = await door.Get("/groups", null, ("Authorization", "Basic dXNlcjpwYXNzd29yZA=="));

        await ProblemBody.Read(response, 401, "unauthorized");
    }

    [Fact]
    public async Task A_missing_scope_is_named()
    {
        using var response = await door.Get("/groups", auth.Token("message:view"));

        var problem = await ProblemBody.Read(response, 403, "forbidden");
        Assert.Contains("group:view", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("Bearer error=\"insufficient_scope\", scope=\"group:view\"", response.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("invite:create", 200)]
    [InlineData("invite:accept", 200)]
    [InlineData("invite:decline", 403)]
    public async Task One_of_several_scopes_is_enough(string scope, int status) =>
        Assert.Equal(status, (int)(await door.Get("/invite", auth.Token(scope))).StatusCode);

    [Fact]
    public void Scopes_can_be_read_from_the_endpoints()
    {
        var scopes = door.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText == "/invite")
            .Select(endpoint => endpoint.Metadata.GetRequiredMetadata<RequiredScope>().AnyOf);

        Assert.Equal([[Scopes.InviteCreate, Scopes.InviteAccept]], scopes);
    }

    [Fact]
    public async Task Without_an_auth_service_tokens_are_made_here_and_the_same_after_a_restart()
    {
        await using var first = await AuthTestServer.Open();
        await using var second = await AuthTestServer.Open();
        var profile = Guid.NewGuid();
        var token = first.Services.GetRequiredService<DevelopmentIssuer>()
            .Issue(profile, "auth-id", "Ada", "admin", [Scopes.GroupView], TimeSpan.FromHours(1));

        foreach (var node in new[] { first, second })
        {
            using var response = await node.Get("/me", token);
            var caller = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
            Assert.Equal(profile, caller.GetProperty("profile_id").GetGuid());
            Assert.Equal("auth-id", caller.GetProperty("auth_id").GetString());
            Assert.Equal("admin", caller.GetProperty("role").GetString());
        }
        await ProblemBody.Read(await first.Get("/groups", auth.Token(Scopes.GroupView)), 401, "unauthorized");
        await ProblemBody.Read(await door.Get("/groups", token), 401, "unauthorized");
    }

    [Fact]
    public async Task Development_keys_are_those_that_another_service_can_check_tokens_with()
    {
        await using var issuing = await AuthTestServer.Open(settings: [("Auth:Issuer", "here"), ("Auth:Audience", "beat")]);
        await using var checking = await AuthTestServer.Open(
            new Uri(issuing.Address, IdentitySettings.JwksPath), settings: [("Auth:Issuer", "here"), ("Auth:Audience", "beat")]);
        var token = issuing.Services.GetRequiredService<DevelopmentIssuer>()
            .Issue(Guid.NewGuid(), "auth-id", null, "client", [Scopes.GroupView], TimeSpan.FromHours(1));

        Assert.Equal(HttpStatusCode.OK, (await checking.Get("/groups", token)).StatusCode);
        var key = JsonDocument.Parse(await issuing.Http.GetStringAsync(IdentitySettings.JwksPath)).RootElement
            .GetProperty("keys")[0];
        Assert.Equal(["kty", "crv", "alg", "use", "kid", "x", "y"], key.EnumerateObject().Select(member => member.Name));
        await ProblemBody.Read(await checking.Get(IdentitySettings.JwksPath, token: null), 404, "not_found");
    }

    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task Hubs_know_their_caller(HttpTransportType transport)
    {
        await using var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(door.Address, "/hubs/messaging"), http =>
            {
                http.Transports = transport;
                http.AccessTokenProvider = () => Task.FromResult<string?>(auth.Token("message:view"));
            })
            .Build();
        await connection.StartAsync();

        Assert.Equal("affae286-d9fc-49a2-a588-73214bd83e40", await connection.InvokeAsync<string>("Me"));
    }

    [Theory]
    [InlineData("/hubs/messaging/negotiate?negotiateVersion=1&access_token=", 200)]
    [InlineData("/hubs/messaging/negotiate?negotiateVersion=1&ACCESS_TOKEN=", 200)]
    [InlineData("/groups?access_token=", 401)]
    public async Task The_query_may_carry_a_token_on_the_hubs_paths_only_and_no_log_shows_it(string address, int status)
    {
        var token = auth.Token("message:view", "group:view");

        using var response = await door.Http.PostAsync(address + token, null);
        using var get = await door.Get(address + token, token: null);

        Assert.Equal(status, status == 200 ? (int)response.StatusCode : (int)get.StatusCode);
        Assert.NotEmpty(door.Logs);
        Assert.DoesNotContain(door.Logs, line => line.Contains(token, StringComparison.Ordinal)
            || line.Contains(token.Split('.')[2], StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_web_socket_of_a_browser_leaves_no_token_in_the_logs()
    {
        var token = auth.Token("message:view");
        using (var socket = new System.Net.WebSockets.ClientWebSocket())
        {
            var address = new UriBuilder(
                door.Address)
            { Scheme = "ws", Path = "/hubs/messaging", Query = $"access_token={token}" };
            await socket.ConnectAsync(address.Uri, CancellationToken.None);
            await socket.SendAsync(
                "{\"protocol\":\"json\",\"version\":1}\u001e"u8.ToArray(), default, true, CancellationToken.None);
            var buffer = new byte[100];
            Assert.Equal(3, (await socket.ReceiveAsync(buffer, CancellationToken.None)).Count);
        }
        Assert.DoesNotContain(door.Logs, line => line.Contains(token, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, 200)]
    [InlineData(Friend, 200)]
    [InlineData("HTTPS://CHAT.EXAMPLE", 200)]
    [InlineData("http://{host}", 200)]
    [InlineData("https://{host}", 200)]
    [InlineData("https://evil.example", 403)]
    [InlineData("http://chat.example", 403)]
    [InlineData("https://chat.example:8443", 403)]
    [InlineData("https://chat.example.evil.example", 403)]
    [InlineData("http://{host}.evil.example", 403)]
    [InlineData("http://evil.example/{host}", 403)]
    [InlineData("ftp://{host}", 403)]
    [InlineData("http://127.0.0.1:1", 403)]
    [InlineData("null", 403)]
    [InlineData("*", 403)]
    public async Task Pages_of_strangers_may_not_connect(string? origin, int status)
    {
        foreach (var path in new[] { "/hubs/messaging/negotiate", "/socket", "/socket/websocket" })
        {
            var request = new HttpRequestMessage(HttpMethod.Post, path + "?negotiateVersion=1");
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + auth.Token("message:view"));
            if (origin is not null)
                request.Headers.TryAddWithoutValidation(
                    "Origin", origin.Replace("{host}", door.Address.Authority, StringComparison.Ordinal));
            using var response = await door.Http.SendAsync(request);

            if (status == 403)
                await ProblemBody.Read(response, 403, "forbidden");
            else
                // Nothing is mapped at /socket here; what counts is that the door let it through.
                Assert.Equal(path.StartsWith("/socket", StringComparison.Ordinal) ? 404 : 200, (int)response.StatusCode);
        }
    }

    [Fact]
    public async Task Pages_of_friends_may_call_and_read_the_answer()
    {
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/groups");
        preflight.Headers.Add("Origin", Friend);
        preflight.Headers.Add("Access-Control-Request-Method", "GET");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization");
        using var allowed = await door.Http.SendAsync(preflight);
        using var answer = await door.Get("/groups", auth.Token("group:view"), ("Origin", Friend));
        using var refusal = await door.Get("/groups", null, ("Origin", Friend));
        using var stranger = await door.Get("/groups", auth.Token("group:view"), ("Origin", "https://evil.example"));

        Assert.Equal(HttpStatusCode.NoContent, allowed.StatusCode);
        foreach (var response in new[] { allowed, answer, refusal })
            Assert.Equal(Friend, response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.False(stranger.Headers.Contains("Access-Control-Allow-Origin"));
    }
}
