using Beat.Messaging.Members.Contracts.Replica;
using Beat.Messaging.Messages.Data;
using Beat.Messaging.Messages.Store;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Infrastructure.Auth;
using Beat.Messaging.Shared.Infrastructure.Persistence;
using Beat.Messaging.Shared.Infrastructure.Web;
using Carter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Messages.ListUnread;

/// <summary>What waits for me in a group.</summary>
/// <param name="Unread">Messages above my mark; tombstones and system messages count, my own do not.</param>
/// <param name="Mentions">Of these, the ones that name me.</param>
/// <param name="LastReadSeq">My mark.</param>
/// <param name="HeadSeq">Of the newest message; 0 in an empty group.</param>
/// <param name="LastMessage">The newest message.</param>
/// <param name="LastActivityAt">When it was sent.</param>
internal sealed record UnreadGroup(
    Guid GroupId, long Unread, int Mentions, long LastReadSeq, long HeadSeq, MessageResponse? LastMessage, DateTimeOffset? LastActivityAt);

internal sealed class ListUnreadEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/messages/unread", Handle)
        .RequireScope(Scopes.MessageView)
        .WithName("ListUnread").WithTags("Messages")
        .WithSummary("Count what is unread, in all my groups")
        .WithDescription("The most recently active group first; all of them in one page. Counts follow a send within a moment.")
        .Refuses(Problems.StoreUnavailable);

    private static async Task<Ok<Page<UnreadGroup>>> Handle(ListUnread list, Caller caller, CancellationToken ct) =>
        TypedResults.Ok(await list.Run(caller, ct));
}

internal sealed class ListUnread(ModuleStore<MessagesContext> store, IMessageStore messages, MessageReader reader)
{
    /// <summary>Two queries, however many groups there are; a third for the loans where a last message borrows.</summary>
    public async Task<Page<UnreadGroup>> Run(Caller caller, CancellationToken ct)
    {
        var me = caller.ProfileId;
        var groups = await store.Read(db => Query(db, me).ToListAsync(ct));
        var active = groups.Where(g => g.LastMessageId is not null).ToList();
        var newest = active.Count == 0 ? [] : await messages.GetMany([.. active.Select(g => g.GroupId)], [.. active.Select(g => g.LastMessageId!.Value)]);
        var last = (await reader.Show(newest)).ToDictionary(m => m.GroupId);
        return new Page<UnreadGroup>(
            [.. groups.OrderByDescending(g => g.LastActivityAt).ThenBy(g => g.GroupId).Select(g => new UnreadGroup(
                g.GroupId, Math.Max(0, g.HeadSeq - g.LastReadSeq), g.Mentions, g.LastReadSeq, g.HeadSeq, last.GetValueOrDefault(g.GroupId), g.LastActivityAt))],
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
            member.GroupId, (long?)head.HeadSeq ?? 0, (Guid?)head.LastMessageId, (DateTimeOffset?)head.LastActivityAt, (long?)mark.Seq ?? 0,
            db.Mentions.Count(m => m.ProfileId == me && m.GroupId == member.GroupId && m.Seq > ((long?)mark.Seq ?? 0)));

    internal sealed record Row(
        Guid GroupId, long HeadSeq, Guid? LastMessageId, DateTimeOffset? LastActivityAt, long LastReadSeq, int Mentions);
}
