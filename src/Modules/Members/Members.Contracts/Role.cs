namespace Beat.Messaging.Members.Contracts;

/// <summary>
/// What a member may do. The owner's is <see cref="Admin"/>, with <c>is_owner</c> beside it. Invite events write the number.
/// </summary>
public enum Role
{
    Member = 0,
    Moderator = 1,
    Admin = 2,
}
