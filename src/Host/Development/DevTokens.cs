using Beat.Messaging.Members.Contracts;
using Beat.Messaging.Shared.Hosting.Time;
using Beat.Messaging.Shared.Hosting.Web;

namespace Beat.Messaging.Host.Development;

/// <summary>Someone to be, in development.</summary>
internal sealed record DevTokenRequest
{
    /// <summary>A person of before; a new one unless told.</summary>
    public Guid? ProfileId { get; init; }

    /// <example>Ana</example>
    [Name(100)]
    public required string DisplayName { get; init; }

    /// <summary>The platform role; <c>admin</c> is staff.</summary>
    public string Role { get; init; } = "client";

    /// <summary>What the token allows; everything unless told.</summary>
    public IReadOnlyList<string>? Scope { get; init; }
}

/// <param name="ExpiresIn">Seconds.</param>
internal sealed record DevTokenResponse(string AccessToken, string TokenType, int ExpiresIn, Guid ProfileId, string AuthId);

/// <summary>Makes people and their tokens, where no auth service is named. Never in Production.</summary>
internal static class DevTokens
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    public static void MapDevTokens(this IEndpointRouteBuilder app) => app
        .MapPost("/dev/tokens", Handle)
        .AllowAnonymous()
        .WithName("DevTokens").WithTags("Development")
        .WithSummary("Become somebody")
        .WithDescription("Makes a user through the door that the platform's events take, and a token for them.");

    private static async Task<DevTokenResponse> Handle(
        Body<DevTokenRequest> body, DevelopmentIssuer issuer, IPeople people, EndpointDataSource endpoints, TimeProvider time,
        CancellationToken ct)
    {
        var request = body.Value;
        var profileId = request.ProfileId ?? Guid.CreateVersion7();
        // The same person has the same auth id, whenever they ask.
        var authId = profileId.ToString();
        await people.Created(profileId, authId, request.DisplayName, time.Now(), ct);
        var token = issuer.Issue(
            profileId, authId, request.DisplayName, request.Role, request.Scope ?? endpoints.FindScopes(), Lifetime);
        return new DevTokenResponse(token, "Bearer", (int)Lifetime.TotalSeconds, profileId, authId);
    }
}
