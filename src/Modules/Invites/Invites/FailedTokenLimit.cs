using System.Threading.RateLimiting;

namespace Beat.Messaging.Invites;

/// <summary>
/// How many unknown tokens a person may try in a minute, by this node: a token cannot be guessed. Staff is exempt.
/// </summary>
internal sealed class FailedTokenLimit(InviteSettings settings) : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<Guid> failures = PartitionedRateLimiter.Create<Guid, Guid>(profileId =>
        RateLimitPartition.GetFixedWindowLimiter(profileId, _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = settings.FailedTokensPerMinute,
            Window = Window,
            QueueLimit = 0,
        }));

    /// <summary>The problem for someone who has tried too many; null for everybody else.</summary>
    public Problem? CheckLimit(Caller caller)
    {
        if (caller.IsStaff)
            return null;
        // Takes nothing: what counts are failures.
        using var left = failures.AttemptAcquire(caller.ProfileId, permitCount: 0);
        if (left.IsAcquired)
            return null;
        var wait = left.TryGetMetadata(MetadataName.RetryAfter, out var until) ? until : Window;
        return Problems.RateLimited.RetryIn((int)Math.Ceiling(wait.TotalSeconds));
    }

    public void RecordFailure(Caller caller) => failures.AttemptAcquire(caller.ProfileId).Dispose();

    public void Dispose() => failures.Dispose();
}
