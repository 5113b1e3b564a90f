using System.Collections.Concurrent;
using Beat.Messaging.Shared.Realtime;

namespace Beat.Messaging.Messages.Pushes;

internal sealed record TypingStarted(Guid GroupId, Guid ProfileId);

/// <summary>Passes on that someone is typing, at most once in 3 s per person and group.</summary>
internal sealed class PushTyping(MembershipCache memberships, GroupFeed feed, TimeProvider time)
{
    private static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(3);
    private const int MaxRemembered = 10_000;

    private readonly ConcurrentDictionary<(Guid GroupId, Guid ProfileId), DateTimeOffset> last = new();

    public async Task<Result<object?>> Run(Guid groupId, Caller caller)
    {
        var entered = await memberships.RequireMember(groupId, caller.ProfileId);
        if (entered.IsProblem)
            return entered.Problem!;
        if (last.Count > MaxRemembered)
            last.Clear();
        var (key, now) = ((groupId, caller.ProfileId), time.GetUtcNow());
        if (last.TryGetValue(key, out var before) && now - before < MinInterval)
            return new Result<object?>();
        last[key] = now;
        feed.Push(groupId, "TypingStarted", new TypingStarted(groupId, caller.ProfileId));
        return new Result<object?>();
    }
}
