namespace Beat.Messaging.Members.Contracts;

/// <summary>Scopes of access tokens for members.</summary>
public static class MemberScopes
{
    public const string Kick = "member:kick";
    public const string ChangeRole = "member:change_role";
}
