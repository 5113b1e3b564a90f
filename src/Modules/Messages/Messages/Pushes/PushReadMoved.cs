using Beat.Messaging.Members.Replica;
using Beat.Messaging.Shared.Realtime;

namespace Beat.Messaging.Messages.Pushes;

/// <param name="Seq">Up to where it is read.</param>
/// <param name="Unread">Messages above it.</param>
/// <param name="Mentions">Of these, the ones that name oneself.</param>
internal sealed record ReadMoved(Guid GroupId, long Seq, long Unread, int Mentions);

/// <summary>Has all devices of a person agree on what they have read.</summary>
internal sealed class PushReadMoved(GroupFeed feed, ModuleStore<MessagesContext> store)
{
    public void To(Guid profileId, ReadMoved moved) => feed.PushToPerson(profileId, "ReadMoved", moved, MessageScopes.View);

    /// <summary>Those whose marks moved because of what they sent.</summary>
    public async Task To(IReadOnlyList<ReadMark> moved, CancellationToken ct)
    {
        if (moved.Count == 0)
            return;
        var (groups, people) =
            (moved.Select(r => r.GroupId).Distinct().ToList(), moved.Select(r => r.ProfileId).Distinct().ToList());
        var counts = await store.Read(async db => (await db.ReadMarks
            .Where(r => groups.Contains(r.GroupId) && people.Contains(r.ProfileId))
            // Who has gone since learns nothing of the head.
            .Where(r => db.Set<MemberReplica>().Any(m => m.GroupId == r.GroupId && m.ProfileId == r.ProfileId && m.Role != null))
            .Select(r => new
            {
                r.GroupId,
                r.ProfileId,
                r.Seq,
                Head = db.Heads.Where(h => h.GroupId == r.GroupId).Select(h => h.HeadSeq).SingleOrDefault(),
                Mentions = db.Mentions.Count(m => m.ProfileId == r.ProfileId && m.GroupId == r.GroupId && m.Seq > r.Seq),
            }).ToListAsync(ct)).ToDictionary(r => (r.GroupId, r.ProfileId)));
        foreach (var mark in moved)
        {
            if (counts.TryGetValue((mark.GroupId, mark.ProfileId), out var now))
                To(mark.ProfileId, new ReadMoved(mark.GroupId, now.Seq, Math.Max(0, now.Head - now.Seq), now.Mentions));
        }
    }
}
