using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Beat.Messaging.Shared.Hosting.Auth;

/// <summary>
/// The keys that access tokens may be signed with: those of a JWKS address, or fixed ones. Fetched keys are kept while the
/// address is away. Keys that a token brings along are never looked at.
/// </summary>
/// <param name="address">Null: <paramref name="known"/> is all there is.</param>
public sealed partial class SigningKeys(Uri? address, IEnumerable<JsonWebKey> known, TimeProvider time, ILogger<SigningKeys> log)
    : IDisposable
{
    /// <summary>Keys are read again after this, so that new ones are there before they are used and revoked ones go.</summary>
    internal static readonly TimeSpan RefreshAfter = TimeSpan.FromMinutes(10);

    /// <summary>Anyone can name an unknown key: for that alone the address is asked at most this often.</summary>
    internal static readonly TimeSpan UnknownKeyInterval = TimeSpan.FromMinutes(5);

    /// <summary>While there is no key at all.</summary>
    internal static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(1.5), MaxResponseContentBufferSize = 256 * 1024 };
    private volatile FrozenDictionary<string, JsonWebKey> keys = Index(known);
    private Task fetch = Task.CompletedTask;
    private DateTimeOffset fetchedAt = DateTimeOffset.MinValue;
    private DateTimeOffset unknownKeyAt = DateTimeOffset.MinValue;

    /// <summary>False: no token can be checked now.</summary>
    public bool Available => keys.Count > 0;

    /// <summary>Fetches in the background, so that the first request need not wait.</summary>
    internal void StartFetch() => FetchIfDue(isKnown: true);

    internal JsonWebKey? Find(string? keyId) => keyId is null ? null : keys.GetValueOrDefault(keyId);

    /// <summary>Waits, up to 1.5 s, for a fetch that may bring the key, if one is due.</summary>
    internal async ValueTask<JsonWebKey?> Find(string keyId, CancellationToken ct)
    {
        var key = Find(keyId);
        var due = FetchIfDue(isKnown: key is not null);
        if (key is not null)
            return key;
        await due.WaitAsync(ct);
        return Find(keyId);
    }

    public void Dispose() => http.Dispose();

    private Task FetchIfDue(bool isKnown)
    {
        if (address is null)
            return Task.CompletedTask;
        lock (gate)
        {
            var now = time.GetUtcNow();
            var isForUnknownKey = Available && !isKnown;
            var isDue = isForUnknownKey
                ? now - unknownKeyAt >= UnknownKeyInterval
                : now - fetchedAt >= (Available ? RefreshAfter : RetryAfter);
            if (!fetch.IsCompleted || !isDue)
                return fetch;
            fetchedAt = now;
            if (isForUnknownKey)
                unknownKeyAt = now;
            return fetch = Fetch(address);
        }
    }

    private async Task Fetch(Uri from)
    {
        try
        {
            var fetched = Index(new JsonWebKeySet(await http.GetStringAsync(from)).Keys);
            if (fetched.Count > 0)
                keys = fetched;
            else
                LogNoUsableKey(from.Host, keys.Count);
        }
        catch (Exception away)
        {
            // Refused, too slow, no JSON: the keys at hand go on, and without any the answer is 503.
            LogAway(away, from.Host, keys.Count);
        }
    }

    private static FrozenDictionary<string, JsonWebKey> Index(IEnumerable<JsonWebKey> keys) => keys
        .Where(IsUsable)
        .DistinctBy(key => key.Kid)
        .ToFrozenDictionary(key => key.Kid, StringComparer.Ordinal);

    private static bool IsUsable(JsonWebKey key) =>
        !string.IsNullOrEmpty(key.Kid) && key.Use is null or "" or "sig" && key.Kty switch
        {
            JsonWebAlgorithmsKeyTypes.RSA => key.Alg is null or "" or SecurityAlgorithms.RsaSha256 && key.KeySize >= 2048,
            JsonWebAlgorithmsKeyTypes.EllipticCurve =>
                key.Alg is null or "" or SecurityAlgorithms.EcdsaSha256 && key.Crv == JsonWebKeyECTypes.P256,
            _ => false,
        };

    [LoggerMessage(200, LogLevel.Warning, "The signing keys of {Host} cannot be fetched; {Count} known keys go on")]
    private partial void LogAway(Exception exception, string host, int count);

    [LoggerMessage(201, LogLevel.Warning, "{Host} names no usable signing key; {Count} known keys go on")]
    private partial void LogNoUsableKey(string host, int count);
}
