using System.Numerics;
using System.Security.Cryptography;
using Beat.Messaging.Shared.Hosting.Settings;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Beat.Messaging.Shared.Hosting.Auth;

/// <summary>
/// Stands in for the auth service where none is named, which Production does not allow. Its ES256 key comes from
/// <c>SECRET_KEY_BASE</c>, so restarts and nodes agree on it.
/// </summary>
public sealed class DevelopmentIssuer
{
    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly SigningCredentials credentials;
    private readonly IdentitySettings settings;
    private readonly TimeProvider time;

    public DevelopmentIssuer(SecretKey secret, IdentitySettings settings, TimeProvider time)
    {
        (this.settings, this.time) = (settings, time);
        var pair = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = PrivateKey(secret) });
        var point = pair.ExportParameters(includePrivateParameters: false).Q;
        PublicKey = new JsonWebKey
        {
            Kty = JsonWebAlgorithmsKeyTypes.EllipticCurve,
            Crv = JsonWebKeyECTypes.P256,
            Alg = SecurityAlgorithms.EcdsaSha256,
            Use = "sig",
            X = Base64UrlEncoder.Encode(point.X),
            Y = Base64UrlEncoder.Encode(point.Y),
        };
        PublicKey.Kid = Base64UrlEncoder.Encode(PublicKey.ComputeJwkThumbprint());
        credentials = new SigningCredentials(
            new ECDsaSecurityKey(pair) { KeyId = PublicKey.Kid }, SecurityAlgorithms.EcdsaSha256);
    }

    internal JsonWebKey PublicKey { get; }

    /// <summary>A token of the same shape as the auth service's.</summary>
    /// <param name="role">Platform role; <c>admin</c> is staff.</param>
    public string Issue(
        Guid profileId, string authId, string? displayName, string role, IEnumerable<string> scopes, TimeSpan lifetime)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var claims = new Dictionary<string, object>
        {
            ["sub"] = authId,
            ["jti"] = Guid.NewGuid().ToString(),
            ["role"] = role,
            ["profile_id"] = profileId.ToString(),
            ["scope"] = scopes.ToArray(),
        };
        if (displayName is not null)
            claims["name"] = displayName;
        return handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = IdentityRegistration.TokenType,
            Issuer = settings.Issuer ?? "beat-development",
            Audience = settings.Audience,
            Claims = claims,
            IssuedAt = now,
            Expires = now + lifetime,
            SigningCredentials = credentials,
        });
    }

    /// <summary>A number from 1 to n − 1, from 128 bits more than it has, so that none is likelier (FIPS 186-5, A.2.1).</summary>
    private static byte[] PrivateKey(SecretKey secret)
    {
        var order = Number(Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"));
        var number = ((Number(secret.Derive("development-issuer", 48)) % (order - 1)) + 1)
            .ToByteArray(isUnsigned: true, isBigEndian: true);
        var bytes = new byte[32];
        number.CopyTo(bytes.AsSpan(bytes.Length - number.Length));
        return bytes;

        static BigInteger Number(byte[] bigEndian) => new(bigEndian, isUnsigned: true, isBigEndian: true);
    }
}
