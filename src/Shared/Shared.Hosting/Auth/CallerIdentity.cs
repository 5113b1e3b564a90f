using System.Security.Claims;

namespace Beat.Messaging.Shared.Hosting.Auth;

/// <summary>An authenticated identity that carries the caller ready-made.</summary>
internal sealed class CallerIdentity(Caller caller)
    : ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, caller.ProfileId.ToString())], "Bearer")
{
    public Caller Caller => caller;
}

/// <summary>Returns who is asking, for REST and the hub.</summary>
public static class CallerExtensions
{
    /// <exception cref="ProblemException">401: nobody is known.</exception>
    public static Caller Caller(this ClaimsPrincipal user) =>
        user.FindCaller() ?? throw new ProblemException(Problems.Unauthorized);

    /// <inheritdoc cref="Caller(ClaimsPrincipal)"/>
    public static Caller Caller(this HttpContext context) => context.User.Caller();

    /// <summary>For routes that are open without a token: null when there is none.</summary>
    public static Caller? FindCaller(this ClaimsPrincipal user) => (user.Identity as CallerIdentity)?.Caller;

    /// <summary>A principal that stands for <paramref name="caller"/>.</summary>
    public static ClaimsPrincipal ToPrincipal(this Caller caller) => new(new CallerIdentity(caller));
}
