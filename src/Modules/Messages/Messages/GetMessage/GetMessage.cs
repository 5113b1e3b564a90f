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
        .RequireScope(MessageScopes.View)
        .WithName("GetMessage").WithTags("Messages")
        .WithSummary("Read a message")
        .Refuses(MembershipProblems.GroupNotFound, Problems.Forbidden, MessageProblems.NotFound);

    private static async Task<Results<Ok<MessageResponse>, ProblemHttpResult>> Handle(
        Guid id, [FromRoute(Name = "message_id")] Guid messageId, GetMessage get, Caller caller) =>
            (await get.Run(id, messageId, caller)).ToOk();
}

internal sealed class GetMessage(MembershipCache memberships, IMessageHistory store, MessageReader reader)
{
    public async Task<Result<MessageResponse>> Run(Guid groupId, Guid messageId, Caller caller)
    {
        var entered = await memberships.RequireMember(groupId, caller.ProfileId);
        if (entered.IsProblem)
            return entered.Problem!;
        return await store.Get(groupId, messageId) is { } message ? await reader.ToResponse(message) : MessageProblems.NotFound;
    }
}
