using Microsoft.AspNetCore.Mvc;

namespace Beat.Messaging.Groups.GetGroup;

internal sealed class GetGroupEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/groups/{id}", Handle)
        .RequireScope(GroupScopes.View)
        .WithName("GetGroup").WithTags("Groups")
        .WithSummary("Read a group")
        .WithDescription(
            "For members, and for anybody when it is public. `ETag` is its revision; 304 says that nothing which that counts has changed.")
        .Produces(StatusCodes.Status304NotModified)
        .Refuses(MembershipProblems.GroupNotFound);

    private static async Task<Results<Ok<GroupResponse>, StatusCodeHttpResult, ProblemHttpResult>> Handle(
        Guid id, GroupReader reader, Caller caller, HttpResponse response, CancellationToken ct,
        [FromHeader(Name = "If-None-Match")] string? ifNoneMatch = null)
    {
        if (await reader.Read(id, caller, ct) is not { } group)
            return MembershipProblems.GroupNotFound.ToResult();
        response.SetETag(group);
        if (EntityTags.MatchesIfNoneMatch(ifNoneMatch, GroupETag.Of(group.Revision)))
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        return TypedResults.Ok(group);
    }
}

internal static class GroupETag
{
    public static string Of(long revision) => $"\"{revision}\"";

    public static void SetETag(this HttpResponse response, GroupResponse group)
    {
        response.Headers.ETag = Of(group.Revision);
        // Points and counts move without it: a browser that kept the answer would show old ones after a 304 that nobody asked
        // for.
        response.Headers.CacheControl = "no-store";
    }
}
