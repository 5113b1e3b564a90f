using System.Collections.Concurrent;
using Beat.Messaging.Shared.Hosting.Settings;

namespace Beat.Messaging.Invites;

/// <summary>How many unknown tokens a person has tried in this minute: a token cannot be guessed.</summary>
internal sealed class FailedTokenLimit(MessagingSettings settings, TimeProvider time)
{
    private const int MaxRemembered = 10_000;
    private readonly ConcurrentDictionary<Guid, (long Minute, int Count)> failures = new();

    /// <summary>The problem for someone who has tried too many; null for everybody else, and for staff.</summary>
    public Problem? CheckLimit(Caller caller)
    {
        var now = time.GetUtcNow();
        return !caller.IsStaff && failures.TryGetValue(caller.ProfileId, out var tried)
            && tried.Minute == Minute(now) && tried.Count >= settings.Limits.FailedInvitesPerMinute
            ? Problems.RateLimited(60 - now.Second)
            : null;
    }

    public void RecordFailure(Caller caller)
    {
        if (failures.Count > MaxRemembered)
            failures.Clear();
        var minute = Minute(time.GetUtcNow());
        failures.AddOrUpdate(caller.ProfileId, (minute, 1), (_, tried) => tried.Minute == minute ? (minute, tried.Count + 1) : (minute, 1));
    }

    private static long Minute(DateTimeOffset now) => now.ToUnixTimeSeconds() / 60;
}
