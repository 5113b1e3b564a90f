using Beat.Messaging.Members.Replica;
using Beat.Messaging.Messages.Pushes;

namespace Beat.Messaging.Messages.Subscriptions;

/// <summary>
/// Keeps the heads of groups and who is mentioned, and moves the marks of those who send: one write for a batch of messages.
/// Heads and marks only rise, and lists of mentions carry their revision, so that events may come twice and late.
/// </summary>
internal sealed class KeepReadState(ModuleStore<MessagesContext> store, PushReadMoved push) :
    IBatchEventHandler<TextMessageSent>, IBatchEventHandler<BorrowMessageSent>, IBatchEventHandler<SystemMessageSent>,
    IBatchEventHandler<MessageEdited>, IBatchEventHandler<MessageDeleted>
{
    private sealed record Sent(
        Guid GroupId, long Seq, Guid Id, Guid? SenderId, DateTimeOffset InsertedAt, IReadOnlyList<Guid> Mentions);

    private sealed record MentionList(Guid GroupId, Guid MessageId, long Seq, int Revision, IReadOnlyList<Guid> ProfileIds);

    public Task Handle(IReadOnlyList<Envelope<TextMessageSent>> envelopes, CancellationToken ct) => StoreSent(
        [.. envelopes.Select(e => e.Payload).Select(m => new Sent(m.GroupId, m.Seq, m.Id, m.SenderId, m.InsertedAt, m.Mentions))],
        ct);

    public Task Handle(IReadOnlyList<Envelope<BorrowMessageSent>> envelopes, CancellationToken ct) => StoreSent(
        [.. envelopes.Select(e => e.Payload).Select(m => new Sent(m.GroupId, m.Seq, m.Id, m.SenderId, m.InsertedAt, m.Mentions))],
        ct);

    public Task Handle(IReadOnlyList<Envelope<SystemMessageSent>> envelopes, CancellationToken ct) => StoreSent(
        [.. envelopes.Select(e => e.Payload).Select(m => new Sent(m.GroupId, m.Seq, m.Id, null, m.InsertedAt, []))], ct);

    public Task Handle(IReadOnlyList<Envelope<MessageEdited>> envelopes, CancellationToken ct) => ReplaceMentions(
        [.. envelopes.Select(e => e.Payload).Select(m => new MentionList(m.GroupId, m.Id, m.Seq, m.Revision, m.Mentions))], ct);

    public Task Handle(IReadOnlyList<Envelope<MessageDeleted>> envelopes, CancellationToken ct) => ReplaceMentions(
        [.. envelopes.Select(e => e.Payload).Select(m => new MentionList(m.GroupId, m.Id, m.Seq, m.Revision, []))], ct);

    private async Task StoreSent(IReadOnlyList<Sent> messages, CancellationToken ct)
    {
        var moved = await store.Write<IReadOnlyList<ReadMark>>(async db =>
        {
            var groups = messages.Select(m => m.GroupId).Distinct().ToList();
            var heads = await db.Heads.ForUpdate().Where(h => groups.Contains(h.GroupId)).OrderBy(h => h.GroupId)
                .ToDictionaryAsync(h => h.GroupId, ct);
            foreach (var last in messages.GroupBy(m => m.GroupId).Select(of => of.MaxBy(m => m.Seq)!))
            {
                if (!heads.TryGetValue(last.GroupId, out var head))
                    db.Add(head = new KnownHead { GroupId = last.GroupId });
                head.MoveTo(last.Seq, last.Id, last.InsertedAt);
            }

            var senders = messages.Select(m => m.SenderId).OfType<Guid>().Distinct().ToList();
            var present = await ReadMembers(db, groups, senders.Union(messages.SelectMany(m => m.Mentions)), ct);
            var marks = await db.ReadMarks.ForUpdate().Where(r => groups.Contains(r.GroupId) && senders.Contains(r.ProfileId))
                .OrderBy(r => r.GroupId).ThenBy(r => r.ProfileId).ToDictionaryAsync(r => (r.GroupId, r.ProfileId), ct);
            var moved = new List<ReadMark>();
            foreach (var own in messages.Where(m => m.SenderId is not null)
                .GroupBy(m => (m.GroupId, ProfileId: m.SenderId!.Value)))
            {
                if (!marks.TryGetValue(own.Key, out var mark))
                {
                    if (!present.Contains(own.Key))
                        continue;
                    db.Add(mark = new ReadMark { GroupId = own.Key.GroupId, ProfileId = own.Key.ProfileId });
                }
                if (mark.MoveTo(own.Max(m => m.Seq)))
                    moved.Add(mark);
            }
            await StoreMentions(
                db,
                [.. messages.Where(m => m.Mentions.Count > 0)
                    .Select(m => new MentionList(m.GroupId, m.Id, m.Seq, 1, m.Mentions))], present, ct);
            return moved;
        }, ct);
        await push.To(moved.Value, ct);
    }

    private Task ReplaceMentions(IReadOnlyList<MentionList> lists, CancellationToken ct) => store.Write(async db =>
    {
        var groups = lists.Select(list => list.GroupId).Distinct().ToList();
        await StoreMentions(db, lists, await ReadMembers(db, groups, lists.SelectMany(list => list.ProfileIds), ct), ct);
    }, ct);

    /// <summary>
    /// Those who are members now: of who has gone, or was deleted, nothing is to be kept by an event that comes late.
    /// </summary>
    private static async Task<HashSet<(Guid GroupId, Guid ProfileId)>> ReadMembers(
        MessagesContext db, IReadOnlyList<Guid> groupIds, IEnumerable<Guid> profileIds, CancellationToken ct)
    {
        var people = profileIds.Distinct().ToList();
        var members = await db.Set<MemberReplica>()
            .Where(m => groupIds.Contains(m.GroupId) && people.Contains(m.ProfileId) && m.Role != null)
            .Select(m => new { m.GroupId, m.ProfileId }).ToListAsync(ct);
        return [.. members.Select(m => (m.GroupId, m.ProfileId))];
    }

    private static async Task StoreMentions(
        MessagesContext db, IReadOnlyList<MentionList> lists, HashSet<(Guid GroupId, Guid ProfileId)> present,
        CancellationToken ct)
    {
        if (lists.Count == 0)
            return;
        var ids = lists.Select(list => list.MessageId).Distinct().ToList();
        var known = (await db.Mentions.Where(m => ids.Contains(m.MessageId)).ToListAsync(ct)).ToLookup(m => m.MessageId);
        foreach (var newest in lists.GroupBy(list => list.MessageId).Select(of => of.MaxBy(list => list.Revision)!))
        {
            var rows = known[newest.MessageId].ToDictionary(m => m.ProfileId);
            if (rows.Values.Any(row => row.Revision >= newest.Revision))
                continue;
            var named = newest.ProfileIds.Where(profileId => present.Contains((newest.GroupId, profileId))).ToHashSet();
            if (named.Count == 0)
                named.Add(Guid.Empty);
            db.RemoveRange(rows.Values.Where(row => !named.Contains(row.ProfileId)));
            foreach (var profileId in named)
            {
                if (!rows.TryGetValue(profileId, out var row))
                {
                    db.Add(row = new Mention
                    {
                        MessageId = newest.MessageId,
                        ProfileId = profileId,
                        GroupId = newest.GroupId,
                        Seq = newest.Seq,
                    });
                }
                row.Revision = newest.Revision;
            }
        }
    }
}
