namespace Beat.Messaging.Members;

/// <summary>A member of a group.</summary>
/// <param name="DisplayName">Null while the platform has told none.</param>
/// <param name="Role">The owner's is admin.</param>
/// <param name="Online">Null while presence is unknown.</param>
internal sealed record MemberResponse(
    Guid ProfileId, string? DisplayName, Role Role, bool IsOwner, DateTimeOffset JoinedAt, bool? Online);
