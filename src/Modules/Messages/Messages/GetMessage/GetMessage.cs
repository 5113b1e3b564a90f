using Beat.Messaging.Shared.Hosting.Auth;
using Carter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Beat.Messaging.Messages.GetMessage;

internal sealed class GetMessageEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/groups/{id}/messages/{message_id}", Handle)
        .RequireScope(Scopes.MessageView)
        .WithName("GetMessage").WithTags("Messages")
        .WithSummary("Read a message")
        .Refuses(Problems.GroupNotFound, Problems.Forbidden(""), Problems.MessageNotFound);

    private static async Task<Results<Ok<MessageResponse>, ProblemHttpResult>> Handle(
        Guid id, [FromRoute(Name = "message_id")] Guid messageId, MembershipCache memberships, IMessageHistory store, MessageReader reader,
        Caller caller)
    {
        var entered = await memberships.RequireMember(id, caller.ProfileId);
        if (entered.IsProblem)
            return entered.Problem!.ToResult();
        return await store.Get(id, messageId) is { } message
            ? TypedResults.Ok(await reader.ToResponse(message))
            : Problems.MessageNotFound.ToResult();
    }
}
