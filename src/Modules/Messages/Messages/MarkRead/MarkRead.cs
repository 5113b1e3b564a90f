using Beat.Messaging.Messages.Pushes;
using Beat.Messaging.Shared.Hosting.Auth;
using Carter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Beat.Messaging.Messages.MarkRead;

/// <summary>Up to where I have read.</summary>
internal sealed record MarkReadRequest
{
    /// <summary>Of the last message that I have read; above the head it is the head.</summary>
    /// <example>42</example>
    [Between(0, long.MaxValue)]
    public required long Seq { get; init; }
}

/// <param name="Unread">Messages above my mark.</param>
/// <param name="Mentions">Of these, the ones that name me.</param>
internal sealed record UnreadAnswer(long Unread, int Mentions);

internal sealed class MarkReadEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPut("/groups/{id}/read", Handle)
        .RequireScope(MessageScopes.View)
        .WithName("MarkRead").WithTags("Messages")
        .WithSummary("Mark a group read up to a message")
        .WithDescription("Never moves back. My other connections hear `ReadMoved`; what I send marks itself.")
        .Refuses(MembershipProblems.GroupNotFound, Problems.Forbidden, Problems.StoreUnavailable);

    private static async Task<Results<Ok<UnreadAnswer>, ProblemHttpResult>> Handle(
        Guid id, Body<MarkReadRequest> body, MarkRead mark, Caller caller, CancellationToken ct) =>
        (await mark.Run(id, caller, body.Value.Seq, ct)).ToOk();
}

internal sealed class MarkRead(
    MembershipCache memberships, IMessageHistory messages, ModuleStore<MessagesContext> store, PushReadMoved push)
{
    public async Task<Result<UnreadAnswer>> Run(Guid groupId, Caller caller, long seq, CancellationToken ct)
    {
        var entered = await memberships.RequireMember(groupId, caller.ProfileId);
        if (entered.IsProblem)
            return entered.Problem!;
        // From the history itself: what was just pushed may be read before it is counted.
        var head = (await messages.Heads([groupId])).GetValueOrDefault(groupId).Seq;
        var marked = await store.Write<(bool Moved, ReadMoved Now)>(async db =>
        {
            var mark = await db.ReadMarks.ForUpdate()
                .SingleOrDefaultAsync(r => r.GroupId == groupId && r.ProfileId == caller.ProfileId, ct);
            if (mark is null)
                db.Add(mark = new ReadMark { GroupId = groupId, ProfileId = caller.ProfileId });
            var moved = mark.MoveTo(Math.Min(seq, head));
            var mentions = await db.Mentions.CountAsync(
                m => m.ProfileId == caller.ProfileId && m.GroupId == groupId && m.Seq > mark.Seq, ct);
            return (moved, new ReadMoved(groupId, mark.Seq, Math.Max(0, head - mark.Seq), mentions));
        }, ct);
        if (marked.IsProblem)
            return marked.Problem!;
        if (marked.Value.Moved)
            push.To(caller.ProfileId, marked.Value.Now);
        return new UnreadAnswer(marked.Value.Now.Unread, marked.Value.Now.Mentions);
    }
}
