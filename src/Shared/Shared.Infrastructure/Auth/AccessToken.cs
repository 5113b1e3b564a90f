using System.Buffers.Text;
using System.Text.Json;
using Beat.Messaging.Shared.Abstractions;

namespace Beat.Messaging.Shared.Infrastructure.Auth;

/// <summary>
/// A strict reading of what a token says, beside the check of its signature: JSON that parsers could read in two ways
/// (names given twice, numbers as text, lists where text belongs) is no valid token.
/// </summary>
internal static class AccessToken
{
    /// <summary>Characters. Tokens of the platform have about 1,500.</summary>
    public const int MaxLength = 8 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>The key that a token names, or null when its header is not acceptable.</summary>
    public static string? KeyId(string token) => Read(
        token.AsSpan(0, Math.Max(0, token.IndexOf('.', StringComparison.Ordinal))),
        // crit lists extensions that must be understood (RFC 7515, 4.1.11); none is.
        header => header.TryGetProperty("crit", out _) || !header.TryGetProperty("kid", out var kid) ? null : kid.GetString());

    /// <param name="payload">The second segment, whose signature has been checked.</param>
    public static Caller? Caller(string payload) => Read(payload, claims =>
    {
        var expires = DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty("exp").GetInt64());
        return Guid.TryParseExact(Text(claims, "profile_id"), "D", out var profileId) && profileId != Guid.Empty
            ? new Caller(profileId, Text(claims, "sub"), Text(claims, "role"), Scopes(claims), expires)
            : null;
    });

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
