using Beat.Messaging.Messages.Events;
using Beat.Messaging.Messages.Pushes;
using Beat.Messaging.Shared.Hosting.Auth;
using Beat.Messaging.Shared.Hosting.Time;
using Carter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Beat.Messaging.Messages.React;

/// <param name="Revision">Of the message, after it; the same as before when nothing changed.</param>
internal sealed record ReactionAnswer(int Revision);

internal sealed class ReactEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app)
    {
        Describe(app.MapPut("/groups/{id}/messages/{message_id}/reactions/{emoji}", On), "React", "React to a message")
            .WithDescription(
                "With one emoji that Unicode recommends for general interchange (RGI), percent-encoded; one without its variation selectors is taken "
                + "for the whole one. Again is no change. A message takes 20 different emoji and 10,000 reactions.")
            .Refuses(MembershipProblems.GroupNotFound, Problems.Forbidden, MessageProblems.NotFound, Problems.LimitReached);
        Describe(app.MapDelete("/groups/{id}/messages/{message_id}/reactions/{emoji}", Off), "TakeBackReaction",
            "Take back a reaction")
            .WithDescription("One's own; again is no change.")
            .Refuses(MembershipProblems.GroupNotFound, Problems.Forbidden, MessageProblems.NotFound);

        static RouteHandlerBuilder Describe(RouteHandlerBuilder endpoint, string name, string summary) =>
            endpoint.RequireScope(MessageScopes.View).WithName(name).WithTags("Messages").WithSummary(summary);
    }

    private static async Task<Results<Ok<ReactionAnswer>, ProblemHttpResult>> On(
        Guid id, [FromRoute(Name = "message_id")] Guid messageId, string emoji, React react, Caller caller) =>
        (await react.Run(id, messageId, caller, emoji, on: true)).ToOk();

    private static async Task<Results<Ok<ReactionAnswer>, ProblemHttpResult>> Off(
        Guid id, [FromRoute(Name = "message_id")] Guid messageId, string emoji, React react, Caller caller) =>
        (await react.Run(id, messageId, caller, emoji, on: false)).ToOk();
}

internal sealed class React(MembershipCache memberships, IMessageHistory store, PushMessages push, TimeProvider time)
{
    public async Task<Result<ReactionAnswer>> Run(Guid groupId, Guid messageId, Caller caller, string emoji, bool on)
    {
        var whole = Emoji.Find(emoji);
        var entered = await memberships.RequireMember(groupId, caller.ProfileId);
        if (entered.IsProblem)
            return entered.Problem!;
        while (true)
        {
            if (await store.Get(groupId, messageId) is not { DeletedAt: null } message)
                return MessageProblems.NotFound;
            var there = message.Reactions.FirstOrDefault(r => Emoji.AreSame(r.Emoji, emoji));
            // What an earlier version took for an emoji can still be taken back.
            if (whole is null && (on || there is null))
                return Problems.Validation("emoji", "must be one emoji");
            if ((there?.ProfileIds.Contains(caller.ProfileId) ?? false) == on)
                return new ReactionAnswer(message.Revision);
            if (on && there is null && message.Reactions.Count >= Reaction.MaxEmoji)
                return Problems.LimitReached.WithDetail($"A message takes {Reaction.MaxEmoji} different emoji.");
            if (on && message.Reactions.Sum(r => r.ProfileIds.Count) >= Reaction.MaxReactions)
                return Problems.LimitReached.WithDetail($"A message takes {Reaction.MaxReactions} reactions.");
            there ??= new Reaction(whole!, []);
            var next = message with
            {
                Reactions = Changed(message.Reactions, there, caller.ProfileId, on),
                Revision = message.Revision + 1
            };
            // Somebody else's change came first: look again.
            if (await store.Change(
                next, MessageEventFactory.Reacted(next, caller.ProfileId, there.Emoji, on), time.Now()) is { } stored)
                return new ReactionAnswer((await push.Changed("ReactionChanged", stored)).Revision);
        }
    }

    private static List<Reaction> Changed(IReadOnlyList<Reaction> all, Reaction one, Guid profileId, bool on)
    {
        var changed =
            one with { ProfileIds = on ? [.. one.ProfileIds, profileId] : [.. one.ProfileIds.Where(id => id != profileId)] };
        var reactions = all.Select(r => r == one ? changed : r).Where(r => r.ProfileIds.Count > 0).ToList();
        if (on && !all.Contains(one))
            reactions.Add(changed);
        return reactions;
    }
}
