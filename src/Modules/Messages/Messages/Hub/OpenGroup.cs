using Beat.Messaging.Messages.ListMessages;
using Beat.Messaging.Shared.Hosting.Time;
using Beat.Messaging.Shared.Realtime;

namespace Beat.Messaging.Messages.Hub;

/// <summary>What a client holds of a group already.</summary>
internal record JoinOptions
{
    /// <summary>The last seq that it holds without a gap.</summary>
    [Between(0, long.MaxValue)]
    public long? AfterSeq { get; init; }

    /// <summary>The <c>changed</c> of its last complete answer.</summary>
    public string? ChangedSince { get; init; }

    public Guid? Epoch { get; init; }
}

/// <summary>Same, naming the group.</summary>
internal sealed record JoinEntry : JoinOptions
{
    public required Guid GroupId { get; init; }
}

/// <param name="Changed">The cursor for the next <c>changed_since</c>.</param>
/// <param name="Missed">Messages after <c>after_seq</c>, or the newest 50; oldest first.</param>
/// <param name="ChangedMessages">Messages that changed since <c>changed_since</c>, in order of their change.</param>
/// <param name="Truncated">A list was cut at its new end: page on.</param>
/// <param name="Online">Profile ids of members who are online.</param>
internal sealed record JoinAnswer(
    Guid GroupId, long HeadSeq, string Changed, Guid Epoch, string MyRole, IReadOnlyList<MessageResponse> Missed,
    IReadOnlyList<MessageResponse> ChangedMessages, bool Truncated, IReadOnlyList<Guid> Online);

internal sealed record JoinResult(Guid GroupId, JoinAnswer? Answer, object? Problem);

/// <summary>Subscribes, and only then loads what was missed: nothing falls between the two.</summary>
internal sealed class OpenGroup(
    MembershipCache memberships, IMessageHistory store, MessageReader reader, GroupFeed feed, Presence presence,
    TimeProvider time)
{
    public const int SingleLimit = 500;

    private const int ManyLimit = 50;
    private const int MaxGroups = 100;
    private const int WithoutCursor = 50;

    // Without other nodes' pushes a client still gets everything, only later.
    private static readonly TimeSpan SubscribeTimeout = TimeSpan.FromSeconds(1);

    public async Task<Result<JoinAnswer>> Run(FeedConnection connection, Guid groupId, JoinOptions options, int limit)
    {
        var changedSince = (Changed: long.MaxValue, Seq: 0L);
        if (options.ChangedSince is { } cursor && !ChangePosition.TryRead(cursor, out changedSince))
            return Problems.Validation("changed_since", "must be a cursor of changes");

        var subscription = feed.Begin(connection, groupId);
        try
        {
            await subscription.Subscribed.WaitAsync(SubscribeTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // Past the cache: a kick before this line is seen here, and one after it evicts the subscription.
            var membership = await memberships.Reload(groupId);
            var problem = membership is null
                ? MembershipProblems.GroupNotFound
                : membership.CheckAccess(connection.Caller.ProfileId, MessageCapabilities.View);
            if (problem is not null)
                return Refuse(problem);
            var head = (await store.Heads([groupId])).GetValueOrDefault(groupId);
            var epoch = await store.Epoch();
            if ((options.Epoch ?? epoch) != epoch || options.AfterSeq > head.Seq)
                return Refuse(MessageProblems.ResyncRequired);
            subscription.Expect(head.Seq + 1);
            if (!subscription.Activate())
                return Refuse(MembershipProblems.GroupNotFound);
            return await Answer(
                connection.Caller.ProfileId, groupId, membership!, epoch, options.AfterSeq,
                options.ChangedSince is null ? null : changedSince, limit);
        }
        catch
        {
            subscription.Drop();
            throw;
        }

        Problem Refuse(Problem problem)
        {
            subscription.Drop();
            return problem;
        }
    }

    public async Task<Result<IReadOnlyList<JoinResult>>> RunMany(FeedConnection connection, IReadOnlyList<JoinEntry> joins)
    {
        if (joins.Count > MaxGroups)
            return Problems.Validation("joins", $"must have at most {MaxGroups} items");
        var results = new List<JoinResult>(joins.Count);
        foreach (var entry in joins)
        {
            var joined = await Run(connection, entry.GroupId, entry, ManyLimit);
            results.Add(new JoinResult(
                entry.GroupId, joined.IsProblem ? null : joined.Value,
                joined.Problem is { } problem ? System.Text.Json.Nodes.JsonNode.Parse(problem.ToJson()) : null));
        }
        return results;
    }

    private async Task<JoinAnswer> Answer(
        Guid callerId, Guid groupId, Membership membership, Guid epoch, long? afterSeq, (long Changed, long Seq)? changedSince,
        int limit)
    {
        // Read again after the subscription is active: a message stored since is in here, pushed, or both.
        var head = (await store.Heads([groupId])).GetValueOrDefault(groupId);
        var settled = ChangeCursor.Settled(head.Changed, time.Now());

        IReadOnlyList<Message> missed;
        var truncated = false;
        if (afterSeq is { } after)
        {
            missed = await store.Read(new MessageQuery(groupId, limit + 1) { After = after });
            truncated = missed.Count > limit;
            missed = [.. missed.Take(limit)];
        }
        else
        {
            missed = [.. (await store.Read(new MessageQuery(groupId, WithoutCursor))).Reverse()];
        }

        IReadOnlyList<Message> changed = [];
        if (changedSince is { } since)
        {
            changed = await store.Read(new MessageQuery(groupId, limit + 1) { ChangedAfter = since });
            if (changed.Count > limit)
            {
                truncated = true;
                changed = [.. changed.Take(limit)];
                settled = ChangePosition.Show(changed[^1]);
            }
        }
        return new JoinAnswer(
            groupId, head.Seq, settled, epoch, membership.Ranks[callerId].ToString().ToLowerInvariant(),
            await reader.ToResponse(missed), await reader.ToResponse(changed), truncated, presence.Online(membership.Ranks.Keys));
    }
}
