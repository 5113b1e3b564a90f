using System.Buffers.Text;

namespace Beat.Messaging.Shared.Hosting.Auth;

/// <summary>
/// A strict reading of what a token says, beside the check of its signature: JSON that parsers could read in two ways
/// (names given twice, numbers as text, lists where text belongs) is no valid token.
/// </summary>
internal static class AccessToken
{
    /// <summary>Characters. Tokens of the platform have about 1,500.</summary>
    public const int MaxLength = 8 * 1024;

    private const decimal LastSecond = 253402300799;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>The key that a token names, or null when its header is not acceptable.</summary>
    public static string? KeyId(string token) => Read(
        token.AsSpan(0, Math.Max(0, token.IndexOf('.', StringComparison.Ordinal))),
        // crit lists extensions that must be understood (RFC 7515, 4.1.11); none is.
        header => header.TryGetProperty("crit", out _) || !header.TryGetProperty("kid", out var kid) ? null : kid.GetString());

    /// <param name="payload">The second segment, whose signature has been checked.</param>
    public static Caller? Caller(string payload) => Read(payload, claims =>
    {
        var expires = Time(claims.GetProperty("exp"));
        // What checks the signature checks nbf too, but takes numbers that are no times.
        _ = claims.TryGetProperty("nbf", out var begins) ? Time(begins) : default;
        _ = claims.TryGetProperty("iat", out var issued) ? Time(issued) : default;
        return Guid.TryParseExact(Text(claims, "profile_id"), "D", out var profileId) && profileId != Guid.Empty
            ? new Caller(profileId, Text(claims, "sub"), Text(claims, "role"), Scopes(claims), expires)
            : null;
    });

    /// <summary>A NumericDate (RFC 7519, 2): seconds since 1970, in any notation of JSON, with or without a fraction.</summary>
    /// <exception cref="FormatException">A number that is no time from 1970 to 9999.</exception>
    private static DateTimeOffset Time(JsonElement claim) =>
        claim.GetDecimal() is >= 0 and <= LastSecond and var seconds
            ? DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond))
            : throw new FormatException("This is no time.");

    private static string Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var claim) ? claim.GetString() ?? "" : "";

    private static HashSet<string> Scopes(JsonElement claims)
    {
        if (!claims.TryGetProperty("scope", out var scope))
            return [];
        return scope.ValueKind == JsonValueKind.Array
            ? [.. scope.EnumerateArray().Select(item => item.GetString() ?? "")]
            : [.. (scope.GetString() ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)];
    }

    private static T? Read<T>(ReadOnlySpan<char> segment, Func<JsonElement, T?> read)
        where T : class
    {
        try
        {
            using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(segment), Strict);
            return read(json.RootElement);
        }
        catch (Exception malformed) when (malformed is FormatException or JsonException or InvalidOperationException
            or KeyNotFoundException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
