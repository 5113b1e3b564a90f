namespace Beat.Messaging.Groups.Contracts;

/// <summary>A group as REST answers it.</summary>
/// <param name="OwnerId">The member who may delete and transfer it.</param>
/// <param name="AvatarUrl">https, at most 2,048 characters, or null.</param>
/// <param name="Members">Profile ids of the first 100 members; null for those who are not members.</param>
/// <param name="MyRole"><c>owner</c>, <c>admin</c>, <c>moderator</c>, <c>member</c>, or null for one who is not a member.</param>
/// <param name="Can">
/// What the caller may do here, by rank and by the scopes of the token; empty for one who is not a member. Members:
/// <c>group:leave</c>, <c>invite:create</c>, <c>member:view</c>, <c>message:send</c>, <c>message:view</c>, <c>points:view</c>,
/// <c>presence:view</c>; moderators <c>invite:manage</c> (see, revoke and resend those of others), <c>member:kick</c> and
/// <c>message:delete_others</c>, both on lower ranks; admins <c>group:update</c> and <c>member:change_role</c>; the owner
/// <c>group:delete</c> and <c>group:transfer</c>. One's own messages and invites are always one's own to change. New ones may
/// come.
/// </param>
/// <param name="Revision">Counts changes of name, description, is_public, avatar_url and owner; the strong <c>ETag</c>.</param>
public sealed record GroupResponse(
    Guid Id,
    string Name,
    string Description,
    bool IsPublic,
    Guid OwnerId,
    string? AvatarUrl,
    int SustainabilityPoints,
    int Xp,
    int MemberCount,
    IReadOnlyList<Guid>? Members,
    string? MyRole,
    IReadOnlyList<string> Can,
    DateTimeOffset InsertedAt,
    DateTimeOffset UpdatedAt,
    long Revision)
{
    /// <summary>How many members it names at most, in the order in which they came.</summary>
    public const int MembersShown = 100;
}
