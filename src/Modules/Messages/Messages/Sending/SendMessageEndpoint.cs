using Beat.Messaging.Shared.Hosting.Auth;
using Carter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Beat.Messaging.Messages.Sending;

/// <summary>The message, and whether it had been sent before.</summary>
internal sealed record SentResponse : MessageResponse
{
    public SentResponse(MessageResponse message, bool replayed)
        : base(message) => Replayed = replayed;

    /// <summary>True for the answer to a repeat.</summary>
    [System.Text.Json.Serialization.JsonPropertyOrder(1)]
    public bool Replayed { get; }
}

internal sealed class SendMessageEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/groups/{id}/messages", Handle)
        .RequireScope(MessageScopes.View)
        .WithName("SendMessage").WithTags("Messages")
        .WithSummary("Send a message")
        .WithDescription(
            "Answers once it is durable. Safe to repeat under `client_message_id`, or an `Idempotency-Key`, which is the same thing. "
            + "`RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (seconds until all is there again) tell how many may follow at once.")
        .Refuses(
            MembershipProblems.GroupNotFound, Problems.Forbidden, MessageProblems.TooLong,
            Problems.IdempotencyConflict, Problems.RateLimited, Problems.StoreUnavailable);

    private static async Task<Results<Created<SentResponse>, ProblemHttpResult>> Handle(
        Guid id, Body<SendMessageRequest> body, SendMessage send, SendLimit limit, MessageReader reader, Caller caller,
        HttpResponse response, [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey = null)
    {
        var request = WithKey(body.Value, idempotencyKey);
        if (request.IsProblem)
            return request.Problem!.ToResult();
        var sent = await send.Run(id, caller, request.Value);
        limit.WriteHeaders(caller, response.Headers);
        if (sent.IsProblem)
            return sent.Problem!.ToResult();
        // Only what was there before can have moved on.
        var (stored, replayed) = sent.Value;
        var message = replayed ? await reader.ToResponse(stored) : MessageResponse.Of(stored);
        return TypedResults.Created($"messages/{message.Id}", new SentResponse(message, replayed));
    }

    private static Result<SendMessageRequest> WithKey(SendMessageRequest request, string? key)
    {
        if (key is null)
            return request;
        if (!ClientIdAttribute.IsValidId(key))
            return Problems.Validation("Idempotency-Key", ClientIdAttribute.Rule);
        if (request.ClientMessageId is not null && request.ClientMessageId != key)
            return Problems.Validation("client_message_id", "must equal the Idempotency-Key");
        return request with { ClientMessageId = key };
    }
}
