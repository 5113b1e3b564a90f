namespace Beat.Messaging.Messages.Subscriptions;

/// <summary>Who comes in has nothing unread: their mark starts at the head of that moment.</summary>
internal sealed class OnMemberJoined(ModuleStore<MessagesContext> store, IMessageHistory messages, TimeProvider time)
    : IEventHandler<MemberJoined>
{
    /// <summary>
    /// How long to wait for the history, which nobody needs to come in, and for how long then not to ask again.
    /// </summary>
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(0.5), Pause = TimeSpan.FromSeconds(5);

    private DateTimeOffset awayUntil;

    public async Task Handle(Envelope<MemberJoined> envelope, CancellationToken ct)
    {
        var (groupId, memberId, _) = envelope.Payload;
        var newest = await ReadNewest(groupId);
        var refused = await store.Write(async db =>
        {
            var head = await db.Heads.ForUpdate().SingleOrDefaultAsync(h => h.GroupId == groupId, ct);
            if (head is null && newest is null)
                return Problems.StoreUnavailable;
            if (newest is [var last])
            {
                if (head is null)
                    db.Add(head = new KnownHead { GroupId = groupId });
                head.MoveTo(last.Seq, last.Id, last.InsertedAt);
            }
            var mark = await db.ReadMarks.ForUpdate()
                .SingleOrDefaultAsync(r => r.GroupId == groupId && r.ProfileId == memberId, ct);
            if (mark is null)
                db.Add(mark = new ReadMark { GroupId = groupId, ProfileId = memberId });
            if (envelope.AggregateVersion <= mark.Version)
                return null;
            mark.Version = envelope.AggregateVersion;
            mark.MoveTo(head?.HeadSeq ?? 0);
            return null;
        }, ct);
        // Owed until the history is back: meanwhile nobody can send either.
        if (refused is not null)
            throw new StoreUnavailableException("The head of a group is not known.");
    }

    /// <summary>Null while the history is away: what was known of the head before will do.</summary>
    private async Task<IReadOnlyList<Message>?> ReadNewest(Guid groupId)
    {
        if (time.GetUtcNow() < awayUntil)
            return null;
        try
        {
            return await messages.Read(new MessageQuery(groupId, 1)).AsTask().WaitAsync(CallTimeout);
        }
        catch (Exception away) when (away is TimeoutException or StoreUnavailableException)
        {
            awayUntil = time.GetUtcNow() + Pause;
            return null;
        }
    }
}
