using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using static Beat.Messaging.Shared.Tests.Auth.AuthServer;

namespace Beat.Messaging.Shared.Tests.Auth;

/// <summary>Everything that is not exactly an access token is 401 with a problem, and never an error of ours.</summary>
public sealed class HostileTokenTests(HostileTokenTests.Setting setting) : IClassFixture<HostileTokenTests.Setting>
{
    private const string Scope = "group:view";

    private static readonly Dictionary<string, Func<AuthServer, string>> Tokens = new()
    {
        // No or another algorithm.
        ["alg none"] = _ => Sign(Json(Header("none")), Json(Claims(Scope)), _ => []),
        ["alg None"] = _ => Sign(Json(Header("None")), Json(Claims(Scope)), _ => []),
        ["alg NONE with a signature"] = auth => auth.SignRs256(Json(Header("NONE")), Json(Claims(Scope))),
        ["alg missing"] = auth => auth.TokenWithoutHeader("alg"),
        ["alg null"] = auth => auth.TokenWithHeader("alg", null),
        ["alg empty"] = auth => auth.TokenWithHeader("alg", ""),
        ["alg a list"] = auth => auth.TokenWithHeader("alg", new[] { "RS256" }),
        ["alg a number"] = auth => auth.TokenWithHeader("alg", 256),
        ["alg in lower case"] = auth => auth.TokenWithHeader("alg", "rs256"),
        ["HS256 by the public key, PEM"] = auth => Hmac(
            "HS256", Encoding.ASCII.GetBytes(auth.Rsa.ExportSubjectPublicKeyInfoPem())),
        ["HS256 by the public key, PEM and a line end"] = auth =>
            Hmac("HS256", Encoding.ASCII.GetBytes(auth.Rsa.ExportSubjectPublicKeyInfoPem() + "\n")),
        ["HS256 by the public key, PKCS 1 PEM"] = auth => Hmac(
            "HS256", Encoding.ASCII.GetBytes(auth.Rsa.ExportRSAPublicKeyPem())),
        ["HS256 by the public key, DER"] = auth => Hmac("HS256", auth.Rsa.ExportSubjectPublicKeyInfo()),
        ["HS256 by the modulus"] = auth => Hmac("HS256", auth.Rsa.ExportParameters(false).Modulus!),
        ["HS256 by the modulus as text"] = auth => Hmac(
            "HS256", Encoding.ASCII.GetBytes(Base64(auth.Rsa.ExportParameters(false).Modulus!))),
        ["HS256 by the whole key set"] = auth => Hmac("HS256", Encoding.UTF8.GetBytes(auth.Keys())),
        ["HS256 by an empty key"] = _ => Hmac("HS256", []),
        ["HS256 by the key of kind oct in the set"] = _ => Hmac("HS256", new byte[32], "shared"),
        ["HS512 by the public key"] = auth => Hmac("HS512", Encoding.ASCII.GetBytes(auth.Rsa.ExportSubjectPublicKeyInfoPem())),
        ["RS384"] = auth => Sign(Json(Header("RS384")), Json(Claims(Scope)),
            data => auth.Rsa.SignData(data, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1)),
        ["RS512"] = auth => Sign(Json(Header("RS512")), Json(Claims(Scope)),
            data => auth.Rsa.SignData(data, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1)),
        ["PS256"] = auth => Sign(Json(Header("PS256")), Json(Claims(Scope)),
            data => auth.Rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)),
        ["PSS under the name RS256"] = auth => Sign(Json(Header()), Json(Claims(Scope)),
            data => auth.Rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)),
        ["RS256 under the name ES256"] = auth => auth.SignRs256(Json(Header("ES256")), Json(Claims(Scope))),
        ["RS256 with the EC key's id"] = auth => auth.SignRs256(Json(Header("RS256", EcKeyId)), Json(Claims(Scope))),
        ["ES256 with the RSA key's id"] = auth => auth.SignEs256(Json(Header("ES256")), Json(Claims(Scope))),
        ["ES256 under the name RS256"] = auth => auth.SignEs256(Json(Header("RS256", EcKeyId)), Json(Claims(Scope))),
        ["ES256 with a signature of zeros"] = _ => Sign(Json(Header("ES256", EcKeyId)), Json(Claims(Scope)), _ => new byte[64]),
        ["ES256 with a signature in DER"] = auth => Sign(Json(Header("ES256", EcKeyId)), Json(Claims(Scope)),
            data => auth.Ec.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)),
        ["ES384 by the P-256 key"] = auth => Sign(Json(Header("ES384", EcKeyId)), Json(Claims(Scope)),
            data => auth.Ec.SignData(data, HashAlgorithmName.SHA384)),

        // A key of the attacker's choice.
        ["embedded jwk"] = _ => ByStranger(stranger => ("jwk", Jwk(stranger))),
        ["embedded jwk with our key's id"] = _ => ByStranger(stranger => ("jwk", Jwk(stranger)), RsaKeyId),
        ["jku"] = _ => ByStranger(_ => ("jku", "http://127.0.0.1:1/jwks.json")),
        ["x5u"] = _ => ByStranger(_ => ("x5u", "http://127.0.0.1:1/cert.pem")),
        ["x5c"] = _ => ByStranger(stranger => ("x5c", new[] { Convert.ToBase64String(Certificate(stranger)) })),
        ["x5t#S256"] = _ => ByStranger(stranger => ("x5t#S256", Base64(SHA256.HashData(Certificate(stranger))))),
        ["a stranger's key under our key's id"] = _ => ByStranger(_ => ("x", "y"), RsaKeyId),
        ["kid unknown"] = auth => auth.TokenWithHeader("kid", "no such key"),
        ["kid missing"] = auth => auth.TokenWithoutHeader("kid"),
        ["kid empty"] = auth => auth.TokenWithHeader("kid", ""),
        ["kid null"] = auth => auth.TokenWithHeader("kid", null),
        ["kid a list"] = auth => auth.TokenWithHeader("kid", new[] { RsaKeyId }),
        ["kid a path"] = _ => Hmac("HS256", [], "../../../../../../dev/null"),
        ["kid SQL"] = auth => auth.TokenWithHeader("kid", "x' UNION SELECT 'key'; DROP TABLE keys; --"),
        ["kid with a zero byte"] = auth => auth.TokenWithHeader("kid", RsaKeyId + "\0"),
        ["kid in another case"] = auth => auth.TokenWithHeader("kid", RsaKeyId.ToUpperInvariant()),
        ["kid half a surrogate"] = auth => auth.SignRs256(
            """{"alg":"RS256","typ":"access","kid":"\ud800"}""", Json(Claims(Scope))),
        ["kid given twice"] = auth => auth.SignRs256(
            $$"""{"alg":"RS256","typ":"access","kid":"other","kid":"{{RsaKeyId}}"}""", Json(Claims(Scope))),
        ["alg given twice"] = auth => auth.SignRs256(
            $$"""{"alg":"none","typ":"access","kid":"{{RsaKeyId}}","alg":"RS256"}""", Json(Claims(Scope))),
        ["crit"] = auth => auth.TokenWithHeader("crit", new[] { "exp" }),

        // Not an access token.
        ["typ missing"] = auth => auth.TokenWithoutHeader("typ"),
        ["typ JWT"] = auth => auth.TokenWithHeader("typ", "JWT"),
        ["typ refresh"] = auth => auth.TokenWithHeader("typ", "refresh"),
        ["typ Access"] = auth => auth.TokenWithHeader("typ", "Access"),
        ["typ at+jwt"] = auth => auth.TokenWithHeader("typ", "at+jwt"),
        ["typ a list"] = auth => auth.TokenWithHeader("typ", new[] { "access" }),
        ["typ null"] = auth => auth.TokenWithHeader("typ", null),

        // Time.
        ["exp missing"] = auth => auth.TokenWithout("exp"),
        ["exp null"] = auth => auth.TokenWith("exp", null),
        ["exp past"] = auth => auth.TokenWith("exp", DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 6),
        ["exp zero"] = auth => auth.TokenWith("exp", 0),
        ["exp negative"] = auth => auth.TokenWith("exp", -6796442992),
        ["exp beyond all years"] = auth => auth.TokenWith("exp", 99_999_999_999_999),
        ["exp the largest number"] = auth => auth.TokenWith("exp", long.MaxValue),
        ["exp beyond numbers"] = auth => auth.SignRs256(
            Json(Header()), Json(Claims(Scope)).Replace("\"exp\":", "\"exp\":1e999,\"was\":")),
        ["exp as text"] = auth => auth.TokenWith("exp", "4102444800"),
        ["exp a word"] = auth => auth.TokenWith("exp", "never"),
        ["exp a list"] = auth => auth.TokenWith("exp", new[] { 4102444800 }),
        ["exp true"] = auth => auth.TokenWith("exp", true),
        ["exp past, with a fraction"] = auth => auth.TokenWith("exp", DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 6.5),
        ["exp past, with an exponent"] = auth => Claim(auth, "exp", "1.7e9"),
        ["exp a fraction"] = auth => Claim(auth, "exp", "0.5"),
        ["exp less than nothing"] = auth => Claim(auth, "exp", "-0.5"),
        ["exp beyond all years, with an exponent"] = auth => Claim(auth, "exp", "1e18"),
        ["exp beyond all years, with a fraction"] = auth => Claim(auth, "exp", "253402300800.5"),
        ["exp next to nothing"] = auth => Claim(auth, "exp", "1e-400"),
        ["exp no number"] = auth => Claim(auth, "exp", "NaN"),
        ["exp an unfinished number"] = auth => Claim(auth, "exp", "4102444800."),
        ["exp a number as text, with a fraction"] = auth => auth.TokenWith("exp", "4102444800.5"),
        ["nbf in the future, with a fraction"] = auth => auth.TokenWith("nbf", DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 600.5),
        ["nbf in the future, with an exponent"] = auth => Claim(auth, "nbf", "4.1e9"),
        ["nbf negative"] = auth => auth.TokenWith("nbf", -1),
        ["nbf beyond all years"] = auth => Claim(auth, "nbf", "1e300"),
        ["nbf as text"] = auth => auth.TokenWith("nbf", "1700000000"),
        ["nbf null"] = auth => auth.TokenWith("nbf", null),
        ["iat negative"] = auth => Claim(auth, "iat", "-1.5"),
        ["iat beyond all years"] = auth => Claim(auth, "iat", "1e17"),
        ["iat as text"] = auth => auth.TokenWith("iat", "yesterday"),
        ["iat a list"] = auth => auth.TokenWith("iat", new[] { 1.7e9 }),
        ["nbf in the future"] = auth => auth.TokenWith("nbf", DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 600),

        // From or for someone else.
        ["iss another"] = auth => auth.TokenWith("iss", "someone-else"),
        ["iss missing"] = auth => auth.TokenWithout("iss"),
        ["iss in another case"] = auth => auth.TokenWith("iss", Issuer.ToUpperInvariant()),
        ["iss a list"] = auth => auth.TokenWith("iss", new[] { Issuer, "someone-else" }),
        ["aud another"] = auth => auth.TokenWith("aud", "another"),
        ["aud missing"] = auth => auth.TokenWithout("aud"),
        ["aud empty list"] = auth => auth.TokenWith("aud", Array.Empty<string>()),

        // Tampered with.
        ["payload changed"] = auth => Part(auth, 1, part => Base64(Encoding.UTF8.GetBytes(Json(Claims(Scope, "member:kick"))))),
        ["header changed"] = auth => Part(auth, 0, part => Base64(Encoding.UTF8.GetBytes(Json(Header()) + " "))),
        ["signature changed"] = auth => Part(auth, 2, part => (part[0] == 'A' ? 'B' : 'A') + part[1..]),
        ["signature empty"] = auth => Part(auth, 2, _ => ""),
        ["signature cut"] = auth => Part(auth, 2, part => part[..^8]),
        ["signature of another token"] = auth => Part(auth, 2, _ => auth.TokenWith("jti", "other").Split('.')[2]),
        ["two segments"] = auth => string.Join('.', auth.Token(Scope).Split('.')[..2]),
        ["one segment"] = auth => auth.Token(Scope).Split('.')[0],
        ["four segments"] = auth => auth.Token(Scope) + ".AAAA",
        ["six segments"] = auth => auth.Token(Scope) + ".A.B.C",
        ["header empty"] = auth => Part(auth, 0, _ => ""),
        ["payload empty"] = auth => Part(auth, 1, _ => ""),
        ["cut in half"] = auth => auth.Token(Scope)[..200],
        ["JWE around a good token"] = Encrypted,
        ["JWE in form only"] = auth => $"{Base64(Encoding.UTF8.GetBytes(
            $$"""{"alg":"dir","enc":"A128CBC-HS256","kid":"{{RsaKeyId}}","typ":"access"}"""))}..AAAA.AAAA.AAAA",

        // Not even a token.
        ["nothing"] = _ => "",
        ["blanks"] = _ => "    ",
        ["dots"] = _ => "..",
        ["a word"] = _ => "token",
        ["blank inside"] = auth => auth.Token(Scope).Insert(40, " "),
        ["Bearer twice"] = auth => "Bearer " + auth.Token(Scope),
        ["two tokens"] = auth => $"{auth.Token(Scope)}, {auth.Token(Scope)}",
        ["quoted"] = auth => $"\"{auth.Token(Scope)}\"",
        ["invalid base64"] = auth => Part(auth, 1, part => part[..20] + "!!!!" + part[24..]),
        ["length that no base64 has"] = auth => Part(auth, 0, part => part.TrimEnd('=')[..^(((part.Length - 1) % 4))]),
        ["standard base64"] = auth => Part(auth, 1, part => "+/" + part[2..]),
        ["unicode"] = auth => Part(auth, 1, part => "Ünïcödé👗" + part[8..]),
        ["full-width letters"] = auth => new string(
            [.. auth.Token(Scope).Select(c => c is >= 'a' and <= 'z' ? (char)(c + 0xFEE0) : c)]),
        ["oversize"] = auth => auth.TokenWith("filler", new string('x', 9_000)),
        ["oversize header"] = auth => auth.TokenWithHeader("filler", new string('x', 12_000)),
        ["header no object"] = auth => auth.SignRs256("\"header\"", Json(Claims(Scope))),
        ["header null"] = auth => auth.SignRs256("null", Json(Claims(Scope))),
        ["header broken"] = auth => auth.SignRs256(Json(Header())[..^1], Json(Claims(Scope))),
        ["header deep"] = auth => auth.SignRs256(Json(Header())[..^1] + ",\"x\":" + Deep(500) + "}", Json(Claims(Scope))),
        ["payload null"] = auth => auth.SignRs256(Json(Header()), "null"),
        ["payload a list"] = auth => auth.SignRs256(Json(Header()), $"[{Json(Claims(Scope))}]"),
        ["payload a text"] = auth => auth.SignRs256(Json(Header()), "\"claims\""),
        ["payload broken"] = auth => auth.SignRs256(Json(Header()), Json(Claims(Scope))[..^1]),
        ["payload deep"] = auth => auth.SignRs256(Json(Header()), Json(Claims(Scope))[..^1] + ",\"x\":" + Deep(500) + "}"),
        ["payload no UTF-8"] = auth => Sign(
            Json(Header()), [.. Encoding.UTF8.GetBytes(Json(Claims(Scope))[..^1]), .. ",\"x\":\""u8, 0xFF, 0xC0, .. "\"}"u8],
            data => auth.Rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),

        // Signed, but not saying who it is, or not clearly.
        ["profile_id missing"] = auth => auth.TokenWithout("profile_id"),
        ["profile_id null"] = auth => auth.TokenWith("profile_id", null),
        ["profile_id empty"] = auth => auth.TokenWith("profile_id", ""),
        ["profile_id no UUID"] = auth => auth.TokenWith("profile_id", "me"),
        ["profile_id nil"] = auth => auth.TokenWith("profile_id", Guid.Empty.ToString()),
        ["profile_id a list"] = auth => auth.TokenWith("profile_id", new[] { Guid.NewGuid() }),
        ["profile_id a number"] = auth => auth.TokenWith("profile_id", 7),
        ["profile_id in braces"] = auth => auth.TokenWith("profile_id", Guid.NewGuid().ToString("B")),
        ["profile_id given twice"] = auth => auth.SignRs256(
            Json(Header()), Json(Claims(Scope))[..^1] + $",\"profile_id\":\"{Guid.NewGuid()}\"}}"),
        ["exp given twice"] = auth => auth.SignRs256(Json(Header()), Json(Claims(Scope))[..^1] + ",\"exp\":4102444800}"),
        ["sub a list"] = auth => auth.TokenWith("sub", new[] { "a", "b" }),
        ["sub half a surrogate"] = auth => auth.SignRs256(
            Json(Header()), Json(Claims(Scope))[..^1].Replace("\"sub\":\"", "\"sub\":\"\\ud800") + "}"),
        ["role an object"] = auth => auth.TokenWith("role", new { admin = true }),
        ["role a list"] = auth => auth.TokenWith("role", new[] { "client", "admin" }),
        ["scope a number"] = auth => auth.TokenWith("scope", 7),
        ["scope true"] = auth => auth.TokenWith("scope", true),
        ["scope an object"] = auth => auth.TokenWith("scope", new Dictionary<string, bool> { [Scope] = true }),
        ["scope a list of numbers"] = auth => auth.TokenWith("scope", new object[] { Scope, 1 }),
        ["scope a list of lists"] = auth => auth.TokenWith("scope", new[] { new[] { Scope } }),
    };

    public static TheoryData<string> Names => [.. Tokens.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Hostile_token_is_401(string name)
    {
        using var response = await setting.Door.Get("/groups", Tokens[name](setting.Auth));

        await ProblemBody.Read(response, 401, "unauthorized");
        Assert.StartsWith("Bearer", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Honest_tokens_pass_where_the_hostile_ones_fail()
    {
        var (door, auth) = (setting.Door, setting.Auth);
        string[] honest =
        [
            auth.Token(Scope),
            auth.SignEs256(Json(Header("ES256", EcKeyId)), Json(Claims(Scope))),
            auth.TokenWith("aud", Audience),
            auth.TokenWith("scope", "message:view group:view"),
            auth.TokenWith("exp", DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 1),
            auth.TokenWith("exp", DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 60.25),
            auth.TokenWith("exp", DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 1.75),
            Claim(auth, "exp", "4.1024448e9"),
            Claim(auth, "exp", "41024448E+2"),
            Claim(auth, "exp", "4102444800000e-3"),
            Claim(auth, "exp", "4102444800.123456789012345678901234567890123"),
            Claim(auth, "exp", "253402300799"),
            Claim(auth, "nbf", "1.7e9"),
            Claim(auth, "nbf", "1700000000.5"),
            Claim(auth, "nbf", "0.0"),
            Claim(auth, "iat", "1.7E9"),
            Claim(auth, "iat", "1700000000.000001"),
            auth.TokenWith("profile_id", "AFFAE286-D9FC-49A2-A588-73214BD83E40"),
        ];
        foreach (var token in honest)
        {
            using var response = await door.Get("/groups", token);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Fact]
    public async Task No_hostile_token_is_an_error_of_ours_or_reaches_a_log()
    {
        foreach (var (name, make) in Tokens)
        {
            var token = make(setting.Auth).Trim();
            using var response = await setting.Door.Get("/groups", token);
            if (token.Length > 40)
                Assert.False(
                    setting.Door.Logs.Any(line => line.Contains(token, StringComparison.Ordinal)), $"{name} was logged.");
        }
        Assert.DoesNotContain(setting.Door.Logs, line =>
            line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Critical", StringComparison.Ordinal));
    }

    /// <param name="json">As it stands in the token.</param>
    private static string Claim(AuthServer auth, string name, string json)
    {
        var claims = Claims(Scope);
        claims.Remove(name);
        return auth.SignRs256(Json(Header()), $"{Json(claims)[..^1]},\"{name}\":{json}}}");
    }

    private static string Hmac(string algorithm, byte[] key, string keyId = RsaKeyId) => Sign(
        Json(Header(algorithm, keyId)), Json(Claims(Scope)),
        data => algorithm == "HS512" ? HMACSHA512.HashData(key, data) : HMACSHA256.HashData(key, data));

    private static string Part(AuthServer auth, int index, Func<string, string> change)
    {
        var parts = auth.Token(Scope).Split('.');
        parts[index] = change(parts[index]);
        return string.Join('.', parts);
    }

    private static string Deep(int levels) => new string('[', levels) + new string(']', levels);

    private static string ByStranger(Func<RSA, (string Name, object Value)> parameter, string keyId = "stranger")
    {
        using var stranger = RSA.Create(2048);
        var header = Header("RS256", keyId);
        var (name, value) = parameter(stranger);
        header[name] = value;
        return Sign(Json(header), Json(Claims(Scope)),
            data => stranger.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    private static object Jwk(RSA key)
    {
        var parameters = key.ExportParameters(false);
        return new { kty = "RSA", kid = "stranger", n = Base64(parameters.Modulus!), e = Base64(parameters.Exponent!) };
    }

    private static byte[] Certificate(RSA key) =>
        new System.Security.Cryptography.X509Certificates.CertificateRequest(
            "CN=stranger", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1)).RawData;

    private static string Encrypted(AuthServer auth) => new JsonWebTokenHandler().EncryptToken(
        auth.Token(Scope),
        new EncryptingCredentials(
            new RsaSecurityKey(auth.Rsa) { KeyId = RsaKeyId }, SecurityAlgorithms.RsaOAEP,
            SecurityAlgorithms.Aes128CbcHmacSha256),
        new Dictionary<string, object> { ["typ"] = "access" });

    public sealed class Setting : IAsyncLifetime
    {
        internal AuthServer Auth { get; } = new();

        internal AuthTestServer Door { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            await Auth.Start();
            Door = await (await AuthTestServer.Open(Auth.Jwks, settings: [("Auth:Issuer", Issuer), ("Auth:Audience", Audience)]))
                .WithKeys();
        }

        public async Task DisposeAsync()
        {
            await Door.DisposeAsync();
            await Auth.DisposeAsync();
        }
    }
}
