using Beat.Messaging.Members.Contracts;
using Beat.Messaging.Messages.Data;
using Beat.Messaging.Messages.Store;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Messages.Subscriptions;

/// <summary>Who comes in has nothing unread: their mark starts at the head of that moment.</summary>
internal sealed class OnMemberJoined(ModuleStore<MessagesContext> store, IMessageStore messages) : IEventHandler<MemberJoined>
{
    /// <summary>How long to wait for the history, which nobody needs to come in; without it, what is known of the head will do.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(0.5);

    public async Task Handle(Envelope<MemberJoined> envelope, CancellationToken ct)
    {
        var (groupId, memberId, _) = envelope.Payload;
        var newest = await Newest(groupId);
        await store.Write<bool>(async db =>
        {
            var head = await db.Heads.ForUpdate().SingleOrDefaultAsync(h => h.GroupId == groupId, ct);
            if (head is null && newest is not null)
                db.Add(head = new KnownHead { GroupId = groupId });
            if (newest is not null)
                head!.Reach(newest.Seq, newest.Id, newest.InsertedAt);
            var mark = await db.ReadMarks.ForUpdate().SingleOrDefaultAsync(r => r.GroupId == groupId && r.ProfileId == memberId, ct);
            if (mark is null)
                db.Add(mark = new ReadMark { GroupId = groupId, ProfileId = memberId });
            if (envelope.AggregateVersion <= mark.Version)
                return false;
            mark.Version = envelope.AggregateVersion;
            mark.MoveTo(head?.HeadSeq ?? 0);
            return true;
        }, ct);
    }

    private async Task<Message?> Newest(Guid groupId)
    {
        try
        {
            return (await messages.Read(new MessageQuery(groupId, 1)).AsTask().WaitAsync(Patience)).SingleOrDefault();
        }
        catch (Exception away) when (away is TimeoutException or StoreUnavailableException)
        {
            return null;
        }
    }
}
