using Beat.Messaging.Members.Replica;
using Beat.Messaging.Messages.Subscriptions;
using Beat.Messaging.Shared.Hosting.Auth;
using Carter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Beat.Messaging.Messages.ListUnread;

/// <summary>What waits for me in a group.</summary>
/// <param name="Unread">Messages above my mark; tombstones and system messages count, my own do not.</param>
/// <param name="Mentions">Of these, the ones that name me.</param>
/// <param name="LastReadSeq">My mark.</param>
/// <param name="HeadSeq">Of the newest message; 0 in an empty group.</param>
/// <param name="LastMessage">The newest message.</param>
/// <param name="LastActivityAt">When it was sent.</param>
internal sealed record UnreadGroup(
    Guid GroupId, long Unread, int Mentions, long LastReadSeq, long HeadSeq, MessageResponse? LastMessage,
    DateTimeOffset? LastActivityAt);

internal sealed class ListUnreadEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/messages/unread", Handle)
        .RequireScope(MessageScopes.View)
        .WithName("ListUnread").WithTags("Messages")
        .WithSummary("Count what is unread, in all my groups")
        .WithDescription("The most recently active group first; all of them in one page.")
        .Refuses(Problems.StoreUnavailable);

    private static async Task<Ok<Page<UnreadGroup>>> Handle(ListUnread list, Caller caller, CancellationToken ct) =>
        TypedResults.Ok(await list.Run(caller, ct));
}

internal sealed class ListUnread(
    ModuleStore<MessagesContext> store, IMessageHistory messages, MessageOutbox outbox, MessageReader reader)
{
    private const string Counting = $"{MessagesModule.ModuleName}.{nameof(KeepReadState)}";
    private const int MostUncounted = 1000;

    /// <summary>Three queries, however many groups there are; a fourth for the loans where a last message borrows.</summary>
    public async Task<Page<UnreadGroup>> Run(Caller caller, CancellationToken ct)
    {
        var me = caller.ProfileId;
        // First: what is not waiting any more is in the counts that are read next. So whoever has sent something sees it here.
        var uncounted = (await outbox.ReadPending(Counting, DateTimeOffset.MaxValue, MostUncounted, ct)).Events
            .Select(pending => Arrived.Of(pending.Read())).OfType<Arrived>().ToLookup(arrived => arrived.GroupId);
        var groups = (await store.Read(db => Query(db, me).ToListAsync(ct)))
            .ConvertAll(row => row.With(uncounted[row.GroupId], me));
        var active = groups.Where(g => g.LastMessageId is not null).ToList();
        var newest = active.Count == 0
            ? []
            : await messages.GetMany([.. active.Select(g => g.GroupId)], [.. active.Select(g => g.LastMessageId!.Value)]);
        var last = (await reader.ToResponse(newest)).ToDictionary(m => m.GroupId);
        return new Page<UnreadGroup>(
            [.. groups.OrderByDescending(g => g.LastActivityAt).ThenBy(g => g.GroupId).Select(g => new UnreadGroup(
                g.GroupId, Math.Max(0, g.HeadSeq - g.LastReadSeq), g.Mentions, g.LastReadSeq, g.HeadSeq,
                last.GetValueOrDefault(g.GroupId), g.LastActivityAt))],
            new Pagination(false, null, null));
    }

    internal static IQueryable<Row> Query(MessagesContext db, Guid me) =>
        from member in db.Set<MemberReplica>()
        where member.ProfileId == me && member.Role != null
        join known in db.Set<GroupReplica>() on member.GroupId equals known.GroupId
        where !known.IsDeleted
        from head in db.Heads.Where(h => h.GroupId == member.GroupId).DefaultIfEmpty()
        from mark in db.ReadMarks.Where(r => r.GroupId == member.GroupId && r.ProfileId == me).DefaultIfEmpty()
        select new Row(
            member.GroupId, (long?)head.HeadSeq ?? 0, (Guid?)head.LastMessageId, (DateTimeOffset?)head.LastActivityAt,
            (long?)mark.Seq ?? 0,
            db.Mentions.Count(m => m.ProfileId == me && m.GroupId == member.GroupId && m.Seq > ((long?)mark.Seq ?? 0)));

    internal sealed record Row(
        Guid GroupId, long HeadSeq, Guid? LastMessageId, DateTimeOffset? LastActivityAt, long LastReadSeq, int Mentions)
    {
        /// <summary>With messages that are stored and may not be counted yet; what is counted is not above the head.</summary>
        public Row With(IEnumerable<Arrived> messages, Guid me)
        {
            var news = messages.Where(m => m.Seq > HeadSeq).DistinctBy(m => m.Seq).OrderBy(m => m.Seq).ToList();
            if (news.Count == 0)
                return this;
            var own = news.LastOrDefault(m => m.SenderId == me)?.Seq;
            return this with
            {
                HeadSeq = news[^1].Seq,
                LastMessageId = news[^1].Id,
                LastActivityAt = news[^1].InsertedAt,
                LastReadSeq = own ?? LastReadSeq,
                Mentions = (own is null ? Mentions : 0) + news.Count(
                    m => m.Seq > (own ?? LastReadSeq) && m.Mentions.Contains(me)),
            };
        }
    }

    internal sealed record Arrived(
        Guid GroupId, long Seq, Guid Id, Guid? SenderId, DateTimeOffset InsertedAt, IReadOnlyList<Guid> Mentions)
    {
        public static Arrived? Of(IIntegrationEvent happened) => happened switch
        {
            TextMessageSent m => new(m.GroupId, m.Seq, m.Id, m.SenderId, m.InsertedAt, m.Mentions),
            BorrowMessageSent m => new(m.GroupId, m.Seq, m.Id, m.SenderId, m.InsertedAt, m.Mentions),
            SystemMessageSent m => new(m.GroupId, m.Seq, m.Id, null, m.InsertedAt, []),
            _ => null,
        };
    }
}
