namespace Beat.Messaging.Invites.Contracts;

/// <summary>Scopes of access tokens for invites.</summary>
public static class InviteScopes
{
    public const string Create = "invite:create";
    public const string Accept = "invite:accept";
    public const string Decline = "invite:decline";
}
