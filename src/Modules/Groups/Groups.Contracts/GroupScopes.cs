namespace Beat.Messaging.Groups.Contracts;

/// <summary>Scopes of access tokens for groups.</summary>
public static class GroupScopes
{
    public const string Create = "group:create";
    public const string View = "group:view";
    public const string Update = "group:update";
    public const string Delete = "group:delete";
}
