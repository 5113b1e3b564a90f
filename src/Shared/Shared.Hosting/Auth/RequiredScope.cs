using Beat.Messaging.Shared.Hosting.Web;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Beat.Messaging.Shared.Hosting.Auth;

/// <summary>The scope that an endpoint asks for, in its metadata: what is enforced is what docs and tests can read.</summary>
/// <param name="anyOf">One of these is enough.</param>
public sealed class RequiredScope(params IReadOnlyList<string> anyOf)
    : AuthorizationHandler<RequiredScope>, IAuthorizationRequirement, IAuthorizationRequirementData
{
    public IReadOnlyList<string> AnyOf => anyOf;

    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [this];

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RequiredScope requirement)
    {
        if (context.User.FindCaller() is { } caller && requirement.AnyOf.Any(caller.Has))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}

/// <summary>Scopes on endpoints.</summary>
public static class RequiredScopeExtensions
{
    /// <summary>Every scope that an endpoint asks for, as a person with an activated account has them.</summary>
    public static IReadOnlyList<string> FindScopes(this EndpointDataSource endpoints) =>
    [
        .. endpoints.Endpoints.SelectMany(endpoint => endpoint.Metadata.OfType<RequiredScope>()).SelectMany(scope => scope.AnyOf)
            .Distinct().Order(),
    ];

    /// <summary>401 without a valid token, 403 when it lacks the scope.</summary>
    /// <param name="endpoint">A route, a group of them, or a hub.</param>
    /// <param name="anyOf">One of these is enough.</param>
    public static TBuilder RequireScope<TBuilder>(this TBuilder endpoint, params string[] anyOf)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new RequiredScope(anyOf));
}

/// <summary>Answers those who may not pass.</summary>
internal sealed class ProblemAuthorizationResultHandler : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler standard = new();

    public Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        // Where no route matched, routing's own 404, 405 or 415 follows: that needs no token.
        if (context.GetEndpoint() is not RouteEndpoint)
            return next(context);
        if (!authorizeResult.Forbidden
            || authorizeResult.AuthorizationFailure?.FailedRequirements.OfType<RequiredScope>()
                .FirstOrDefault() is not { } missing)
            return standard.HandleAsync(next, context, policy, authorizeResult);
        context.Response.Headers.WWWAuthenticate =
            $"Bearer error=\"insufficient_scope\", scope=\"{string.Join(' ', missing.AnyOf)}\"";
        return context.Write(Problems.ScopeMissing(string.Join(" or ", missing.AnyOf)));
    }
}
