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

/// <summary>The scopes that the auth service hands out and that this service asks for.</summary>
public static class Scopes
{
    public const string GroupCreate = "group:create";
    public const string GroupView = "group:view";
    public const string GroupUpdate = "group:update";
    public const string GroupDelete = "group:delete";
    public const string MemberKick = "member:kick";
    public const string MemberChangeRole = "member:change_role";
    public const string InviteCreate = "invite:create";
    public const string InviteAccept = "invite:accept";
    public const string InviteDecline = "invite:decline";
    public const string MessageView = "message:view";
    public const string NotificationView = "notification:view";

    /// <summary>All of them, as a person with an activated account has them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        GroupCreate, GroupView, GroupUpdate, GroupDelete, MemberKick, MemberChangeRole,
        InviteCreate, InviteAccept, InviteDecline, MessageView, NotificationView,
    ];
}
