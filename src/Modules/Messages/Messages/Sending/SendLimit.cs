using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;

namespace Beat.Messaging.Messages.Sending;

/// <summary>
/// How fast a person may send by this node: a bucket that takes <c>SendBurst</c> at once and fills by <c>SendsPerSecond</c>.
/// Repeats count, staff is exempt. A full bucket is forgotten.
/// </summary>
internal sealed class SendLimit(SendSettings settings) : IDisposable
{
    private readonly PartitionedRateLimiter<Guid> buckets = PartitionedRateLimiter.Create<Guid, Guid>(profileId =>
        RateLimitPartition.GetTokenBucketLimiter(profileId, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = settings.SendBurst,
            TokensPerPeriod = settings.SendsPerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        }));

    /// <summary>Counts a send.</summary>
    /// <returns>The problem when it is one too many.</returns>
    public Problem? TryAcquire(Caller caller)
    {
        if (caller.IsStaff)
            return null;
        using var lease = buckets.AttemptAcquire(caller.ProfileId);
        // The bucket gains at least one in a second.
        return lease.IsAcquired ? null : Problems.RateLimited.RetryIn(1);
    }

    /// <summary>Tells a sender what is left.</summary>
    public void WriteHeaders(Caller caller, IHeaderDictionary headers)
    {
        if (caller.IsStaff || buckets.GetStatistics(caller.ProfileId) is not { } now)
            return;
        var missing = settings.SendBurst - now.CurrentAvailablePermits;
        headers["RateLimit-Limit"] = Format(settings.SendBurst);
        headers["RateLimit-Remaining"] = Format(now.CurrentAvailablePermits);
        headers["RateLimit-Reset"] = Format((missing + settings.SendsPerSecond - 1) / settings.SendsPerSecond);
    }

    public void Dispose() => buckets.Dispose();

    private static string Format(long number) => number.ToString(CultureInfo.InvariantCulture);
}
