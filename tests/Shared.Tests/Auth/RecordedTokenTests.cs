using Microsoft.AspNetCore.Http;

namespace Beat.Messaging.Shared.Tests.Auth;

/// <summary>What the platform's auth service really hands out.</summary>
public sealed class RecordedTokenTests : IAsyncLifetime
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Recorded");

    private static readonly JsonElement[] Accounts =
        [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "tokens.json"))).RootElement.EnumerateArray()];

    private readonly AuthServer auth = new();
    private AuthTestServer door = null!;

    public static TheoryData<int> All => [.. Enumerable.Range(0, Accounts.Length)];

    [Theory]
    [MemberData(nameof(All))]
    public async Task Access_token_tells_who_is_asking(int account)
    {
        using var response = await door.Get("/me", Token(account, "access_token"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var caller = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(Token(account, "profile_id"), caller.GetProperty("profile_id").GetString());
        Assert.Equal(Token(account, "auth_id"), caller.GetProperty("auth_id").GetString());
        Assert.Equal("client", caller.GetProperty("role").GetString());
        Assert.Equal(2036, caller.GetProperty("expires_at").GetDateTimeOffset().Year);
        Assert.Contains(caller.GetProperty("scopes").EnumerateArray(), scope => scope.GetString() == "member:change_role");
        Assert.Equal(HttpStatusCode.OK, (await door.Get("/groups", Token(account, "access_token"))).StatusCode);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Refresh_token_is_no_access_token(int account) =>
        await ProblemBody.Read(await door.Get("/closed", Token(account, "refresh_token")), 401, "unauthorized");

    [Theory]
    [MemberData(nameof(All))]
    public async Task Before_activation_only_routes_without_a_scope_are_open(int account)
    {
        var token = Token(account, "access_token_before_activation");

        Assert.Equal(HttpStatusCode.OK, (await door.Get("/closed", token)).StatusCode);
        await ProblemBody.Read(await door.Get("/groups", token), 403, "forbidden");
    }

    public async Task InitializeAsync()
    {
        auth.Answer = context => context.Response.WriteAsync(File.ReadAllText(Path.Combine(Folder, "jwks.json")));
        await auth.Start();
        door = await AuthTestServer.Open(auth.Jwks, settings: [("Auth:Issuer", "beat-identity"), ("Auth:Audience", "beat")]);
    }

    public async Task DisposeAsync()
    {
        await door.DisposeAsync();
        await auth.DisposeAsync();
    }

    private static string Token(int account, string name) => Accounts[account].GetProperty(name).GetString()!;
}
