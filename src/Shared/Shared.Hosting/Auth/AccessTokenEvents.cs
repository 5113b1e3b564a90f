using Beat.Messaging.Shared.Hosting.Web;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Beat.Messaging.Shared.Hosting.Auth;

/// <summary>
/// What this service adds to the check of a bearer token: its size, its key, a strict reading, the caller, who is not deleted.
/// </summary>
internal sealed class AccessTokenEvents(SigningKeys keys, DeletedProfiles deleted) : JwtBearerEvents
{
    private const string Scheme = "Bearer ";

    public override async Task MessageReceived(MessageReceivedContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            || header[Scheme.Length..].Trim() is not { Length: > 0 } token)
            return;
        if (token.Length > AccessToken.MaxLength || AccessToken.KeyId(token) is not { } keyId)
            context.Fail("The token cannot be read.");
        else if (await keys.Find(keyId, context.HttpContext.RequestAborted) is null && !keys.Available)
            context.Fail(new ProblemException(Problems.IdentityUnavailable));
    }

    public override Task TokenValidated(TokenValidatedContext context)
    {
        if (AccessToken.Caller(((JsonWebToken)context.SecurityToken).EncodedPayload) is not { } caller)
            context.Fail("The claims of the token cannot be read.");
        else if (deleted.Contains(caller.ProfileId))
            context.Fail("The profile was deleted.");
        else
            context.Principal = caller.ToPrincipal();
        return Task.CompletedTask;
    }

    public override async Task Challenge(JwtBearerChallengeContext context)
    {
        if (context.AuthenticateFailure is not ProblemException unavailable)
            return;
        context.HandleResponse();
        await context.HttpContext.Write(unavailable.Problem);
    }
}
