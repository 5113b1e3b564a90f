namespace Beat.Messaging.Shared.Abstractions;

/// <summary>Who is asking: what a checked access token says.</summary>
/// <param name="ProfileId">The person, in every request and every event.</param>
/// <param name="AuthId">The token's <c>sub</c>: the auth service's own id of the person.</param>
/// <param name="Role">The platform role, e.g. <c>client</c>; <c>admin</c> is staff.</param>
/// <param name="Scopes">What the token allows.</param>
/// <param name="ExpiresAt">When the token, and with it a connection, ends.</param>
public sealed record Caller(Guid ProfileId, string AuthId, string Role, IReadOnlySet<string> Scopes, DateTimeOffset ExpiresAt)
{
    /// <summary>Staff are exempt from limits and may see operations; they have no rights in groups.</summary>
    public bool IsStaff => Role == "admin";

    public bool Has(string scope) => Scopes.Contains(scope);
}
