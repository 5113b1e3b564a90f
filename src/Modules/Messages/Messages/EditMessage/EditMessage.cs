using Beat.Messaging.Messages.Events;
using Beat.Messaging.Messages.Pushes;
using Beat.Messaging.Messages.Sending;
using Beat.Messaging.Shared.Hosting.Auth;
using Beat.Messaging.Shared.Hosting.Time;
using Carter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Beat.Messaging.Messages.EditMessage;

/// <summary>Another text for a message.</summary>
internal sealed record EditMessageRequest
{
    /// <example>Who has a raincoat for Saturday?</example>
    [MessageContent]
    public required string Content { get; init; }

    /// <summary>Replaces the set; absent leaves it. Those whom it adds are members.</summary>
    [AtMost(SendMessageRequest.MaxMentions)]
    public IReadOnlyList<Guid>? Mentions { get; init; }
}

internal sealed class EditMessageEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPatch("/groups/{id}/messages/{message_id}", Handle)
        .RequireScope(MessageScopes.View)
        .WithName("EditMessage").WithTags("Messages")
        .WithSummary("Edit a message")
        .WithDescription("For its sender. Sets `edited_at` and raises `revision`.")
        .Refuses(MembershipProblems.GroupNotFound, Problems.Forbidden, MessageProblems.NotFound, MessageProblems.TooLong);

    private static async Task<Results<Ok<MessageResponse>, ProblemHttpResult>> Handle(
        Guid id, [FromRoute(Name = "message_id")] Guid messageId, Body<EditMessageRequest> body, EditMessage edit,
        Caller caller) =>
        (await edit.Run(id, messageId, caller, body.Value)).ToOk();
}

internal sealed class EditMessage(
    MembershipCache memberships, IMessageHistory store, MessageReader reader, PushMessages push, TimeProvider time)
{
    public async Task<Result<MessageResponse>> Run(Guid groupId, Guid messageId, Caller caller, EditMessageRequest request)
    {
        var entered = await memberships.RequireMember(groupId, caller.ProfileId);
        if (entered.IsProblem)
            return entered.Problem!;
        while (true)
        {
            if (await store.Get(groupId, messageId) is not { DeletedAt: null } message)
                return MessageProblems.NotFound;
            if (message.SenderId != caller.ProfileId)
                return Problems.Forbidden.WithDetail("Only its sender may edit a message.");
            IReadOnlyList<Guid> mentions = request.Mentions is null ? message.Mentions : [.. request.Mentions.Distinct()];
            // Who was mentioned before may have left since.
            if (await CheckMentions(groupId, [.. mentions.Except(message.Mentions)], entered.Value) is { } stranger)
                return stranger;
            if (message.Content == request.Content && message.Mentions.ToHashSet().SetEquals(mentions))
                return await reader.ToResponse(message);
            var now = time.Now();
            var next = message with
            {
                Content = request.Content,
                Mentions = mentions,
                ReplyToSenderId = message.ReplyToSenderId
                    ?? (message.ReplyTo is { } id ? SendMessage.AuthorOf(await store.Get(groupId, id)) : null),
                EditedAt = now,
                Revision = message.Revision + 1,
            };
            // Somebody else's change came first: look again.
            if (await store.Change(next, MessageEventFactory.Edited(next), now) is { } stored)
                return await push.Changed("MessageEdited", stored);
        }
    }

    private async ValueTask<Problem?> CheckMentions(Guid groupId, IReadOnlyList<Guid> added, Membership membership)
    {
        var refused = SendMessage.CheckMentions(added, membership);
        return refused is not null && await memberships.ReloadIfNewer(groupId, membership) is { } newer
            ? SendMessage.CheckMentions(added, newer)
            : refused;
    }
}
