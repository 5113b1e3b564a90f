using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using static Beat.Messaging.Shared.Tests.Auth.AuthServer;

namespace Beat.Messaging.Shared.Tests.Auth;

/// <summary>Keys come and go with the auth service, which may be away.</summary>
[Collection(nameof(SequentialCollection))]
public sealed class SigningKeysTests : IAsyncLifetime
{
    private readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow);
    private AuthServer auth = null!;

    public async Task InitializeAsync()
    {
        auth = new AuthServer();
        await auth.Start();
    }

    public async Task DisposeAsync() => await auth.DisposeAsync();

    [Fact]
    public async Task Without_any_key_it_is_503_and_open_routes_stay_open()
    {
        await using var absent = await Absent();
        await using var door = await AuthTestServer.Open(absent.Jwks, time: time);
        var token = absent.Token("group:view");

        using var refused = await door.Get("/groups", token);
        var problem = await ProblemBody.Read(refused, 503, "identity_unavailable");
        Assert.Equal(5, problem.GetProperty("retry_after").GetInt32());
        Assert.Equal("5", refused.Headers.RetryAfter!.ToString());
        Assert.Equal(HttpStatusCode.OK, (await door.Get("/open", token)).StatusCode);
        await ProblemBody.Read(await door.Get("/groups", token: null), 401, "unauthorized");

        await absent.Start();
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, (await door.Get("/groups", token)).StatusCode);
    }

    [Fact]
    public async Task An_auth_service_that_hangs_costs_two_seconds_at_most_and_everyone_waits_for_the_same_fetch()
    {
        var release = new TaskCompletionSource();
        auth.Answer = _ => release.Task;
        await using var door = await AuthTestServer.Open(auth.Jwks, time: time);

        var started = Stopwatch.StartNew();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => door.Get("/groups", auth.Token("group:view"))));

        Assert.True(started.Elapsed < TimeSpan.FromSeconds(2), $"It took {started.Elapsed}.");
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode));
        Assert.Equal(1, auth.Fetches);
        release.SetResult();
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("{}")]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":[{"kty":"oct","kid":"rsa-key","k":"c2VjcmV0"}]}""")]
    [InlineData("""{"keys":[{"kty":"RSA","kid":"rsa-key","use":"enc","n":"AQAB","e":"AQAB"},{"kty":"EC"},{}]}""")]
    public async Task Nonsense_instead_of_keys_is_503_and_does_not_replace_good_ones(string nonsense)
    {
        auth.Answer = context => context.Response.WriteAsync(nonsense);
        await using var door = await AuthTestServer.Open(auth.Jwks, time: time);
        await ProblemBody.Read(await door.Get("/groups", auth.Token("group:view")), 503, "identity_unavailable");

        auth.Answer = null;
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, (await door.Get("/groups", auth.Token("group:view"))).StatusCode);

        auth.Answer = context => context.Response.WriteAsync(nonsense);
        time.Advance(TimeSpan.FromMinutes(10));
        await Repeatedly(async () =>
        {
            Assert.Equal(HttpStatusCode.OK, (await door.Get("/groups", auth.Token("group:view"))).StatusCode);
            return auth.Fetches > 2;
        });
        Assert.Equal(HttpStatusCode.OK, (await door.Get("/groups", auth.Token("group:view"))).StatusCode);
    }

    [Fact]
    public async Task Known_keys_go_on_while_the_auth_service_is_away()
    {
        await using var door = await AuthTestServer.Open(auth.Jwks, time: time);
        Assert.Equal(HttpStatusCode.OK, (await door.Get("/groups", auth.Token("group:view"))).StatusCode);

        await auth.Stop();
        for (var hour = 0; hour < 3; hour++)
        {
            time.Advance(TimeSpan.FromHours(1));
            Assert.Equal(HttpStatusCode.OK, (await door.Get("/groups", auth.Token("group:view"))).StatusCode);
        }
        await ProblemBody.Read(await door.Get("/groups", auth.TokenWithHeader("kid", "new")), 401, "unauthorized");
    }

    [Fact]
    public async Task A_flood_of_unknown_keys_fetches_once_in_five_minutes()
    {
        await using var door = await AuthTestServer.Open(auth.Jwks, time: time);
        Assert.Equal(HttpStatusCode.OK, (await door.Get("/groups", auth.Token("group:view"))).StatusCode);
        Assert.Equal(1, auth.Fetches);

        await Flood();
        await Flood();
        Assert.Equal(2, auth.Fetches);

        time.Advance(TimeSpan.FromSeconds(299));
        await Flood();
        Assert.Equal(2, auth.Fetches);

        time.Advance(TimeSpan.FromSeconds(1));
        await Flood();
        Assert.Equal(3, auth.Fetches);

        async Task Flood()
        {
            var answers = await Task.WhenAll(
                Enumerable.Range(0, 50).Select(_ => door.Get("/groups", auth.TokenWithHeader("kid", Guid.NewGuid().ToString()))));
            Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode));
        }
    }

    [Fact]
    public async Task A_new_key_works_at_its_first_token_and_the_old_one_no_more()
    {
        await using var door = await AuthTestServer.Open(auth.Jwks, time: time);
        var old = auth.Token("group:view");
        Assert.Equal(HttpStatusCode.OK, (await door.Get("/groups", old)).StatusCode);

        auth.Answer = context => context.Response.WriteAsync(auth.Keys("rotated"));
        var rotated = auth.TokenWithHeader("kid", "rotated");
        Assert.Equal(HttpStatusCode.OK, (await door.Get("/groups", rotated)).StatusCode);
        await ProblemBody.Read(await door.Get("/groups", old), 401, "unauthorized");
    }

    [Fact]
    public async Task Keys_are_read_again_in_the_background()
    {
        await using var door = await AuthTestServer.Open(auth.Jwks, time: time);
        var token = auth.Token("group:view");
        Assert.Equal(HttpStatusCode.OK, (await door.Get("/groups", token)).StatusCode);

        auth.Answer = context => context.Response.WriteAsync(auth.Keys("rotated"));
        // On a busy machine a fetch may take too long; the next one is due later.
        await Repeatedly(async () =>
        {
            time.Advance(TimeSpan.FromMinutes(10));
            return (await door.Get("/groups", token)).StatusCode == HttpStatusCode.Unauthorized;
        });
    }

    private static async Task Repeatedly(Func<Task<bool>> isTrue)
    {
        var deadline = Stopwatch.StartNew();
        while (!await isTrue())
            Assert.True(deadline.Elapsed < TimeSpan.FromSeconds(10), "It did not happen in 10 s.");
    }
}
