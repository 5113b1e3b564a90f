using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Beat.Messaging.Shared.Tests.Auth;

/// <summary>An auth service: keys at a JWKS address, and tokens of any kind, honest or not.</summary>
internal sealed class AuthServer : IAsyncDisposable
{
    public const string RsaKeyId = "rsa-key";
    public const string EcKeyId = "ec-key";
    public const string Issuer = "beat-identity";
    public const string Audience = "beat";

    private WebApplication? web;
    private int port;
    private int fetches;

    public RSA Rsa { get; } = RSA.Create(2048);

    public ECDsa Ec { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public int Fetches => Volatile.Read(ref fetches);

    public Uri Jwks => new($"http://127.0.0.1:{port}/.well-known/jwks.json");

    /// <summary>What the address answers; null is what <see cref="Keys"/> says.</summary>
    public Func<HttpContext, Task>? Answer { get; set; }

    /// <summary>Starts, or starts again at the same port.</summary>
    public async Task Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        web = builder.Build();
        web.MapGet("/.well-known/jwks.json", async context =>
        {
            Interlocked.Increment(ref fetches);
            if (Answer is { } answer)
                await answer(context);
            else
                await context.Response.WriteAsync(Keys());
        });
        await web.StartAsync();
        port = new Uri(web.Urls.Single()).Port;
    }

    /// <summary>Takes a port and gives it up, so that <see cref="Jwks"/> names a server that is not there.</summary>
    public static async Task<AuthServer> Absent()
    {
        var server = new AuthServer();
        await server.Start();
        await server.Stop();
        return server;
    }

    public async Task Stop()
    {
        if (web is null)
            return;
        await web.DisposeAsync();
        web = null;
    }

    public string Keys(string rsaKeyId = RsaKeyId)
    {
        var rsa = Rsa.ExportParameters(false);
        var ec = Ec.ExportParameters(false);
        return Json(new
        {
            keys = new object[]
            {
                new { kty = "RSA", kid = rsaKeyId, use = "sig", alg = "RS256", n = Base64(rsa.Modulus!),
                    e = Base64(rsa.Exponent!) },
                new { kty = "EC", kid = EcKeyId, use = "sig", alg = "ES256", crv = "P-256", x = Base64(ec.Q.X!),
                    y = Base64(ec.Q.Y!) },
                // Must never count: a shared secret in a public place.
                new { kty = "oct", kid = "shared", k = Base64(new byte[32]) },
            },
        });
    }

    public static Dictionary<string, object?> Header(string algorithm = "RS256", string keyId = RsaKeyId) =>
        new() { ["alg"] = algorithm, ["kid"] = keyId, ["typ"] = "access" };

    public static Dictionary<string, object?> Claims(params string[] scopes)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return new()
        {
            ["iss"] = Issuer,
            ["sub"] = "8dc60e15-69c1-4ac4-8b5e-6d1ca76bdb83",
            ["aud"] = new[] { Audience },
            ["exp"] = now + 3600,
            ["iat"] = now,
            ["email"] = "someone@example.com",
            ["role"] = "client",
            ["profile_id"] = "affae286-d9fc-49a2-a588-73214bd83e40",
            ["scope"] = scopes,
        };
    }

    public string Token(params string[] scopes) => SignRs256(Json(Header()), Json(Claims(scopes)));

    public string TokenWith(string claim, object? value)
    {
        var claims = Claims("group:view");
        claims[claim] = value;
        return SignRs256(Json(Header()), Json(claims));
    }

    public string TokenWithout(string claim)
    {
        var claims = Claims("group:view");
        claims.Remove(claim);
        return SignRs256(Json(Header()), Json(claims));
    }

    public string TokenWithHeader(string name, object? value)
    {
        var header = Header();
        header[name] = value;
        return SignRs256(Json(header), Json(Claims("group:view")));
    }

    public string TokenWithoutHeader(string name)
    {
        var header = Header();
        header.Remove(name);
        return SignRs256(Json(header), Json(Claims("group:view")));
    }

    public string SignRs256(string header, string claims) =>
        Sign(header, claims, data => Rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public string SignEs256(string header, string claims) =>
        Sign(header, claims, data => Ec.SignData(data, HashAlgorithmName.SHA256));

    public static string Sign(string header, string claims, Func<byte[], byte[]> sign) =>
        Sign(header, Encoding.UTF8.GetBytes(claims), sign);

    public static string Sign(string header, byte[] claims, Func<byte[], byte[]> sign)
    {
        var signed = $"{Base64(Encoding.UTF8.GetBytes(header))}.{Base64(claims)}";
        return $"{signed}.{Base64(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    public static string Json(object value) => JsonSerializer.Serialize(value);

    public static string Base64(byte[] bytes) => Base64UrlEncoder.Encode(bytes);

    public async ValueTask DisposeAsync()
    {
        await Stop();
        Rsa.Dispose();
        Ec.Dispose();
    }
}
