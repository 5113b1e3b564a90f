using Beat.Messaging.Shared.Abstractions;

namespace Beat.Messaging.Groups.Contracts;

/// <summary>A group was made. Its creator becomes its owner and first member: <c>member_joined</c> follows.</summary>
/// <param name="CreatorAuthId">The creator's <c>sub</c>; the auth service looks people up by it.</param>
/// <param name="Description">Empty in events that were stored before it was added.</param>
/// <param name="InsertedAt">Null in events that were stored before it was added.</param>
public sealed record GroupCreated(
    Guid GroupId, Guid CreatorId, string CreatorAuthId, string Name, bool IsPublic, string Description = "",
    string? AvatarUrl = null, DateTimeOffset? InsertedAt = null) : IIntegrationEvent;

/// <summary>Name, description, visibility, picture or owner changed; the payload is the state after it.</summary>
/// <param name="SustainabilityPoints">As they were at this change; <see cref="PointsAwarded"/> tells each that is earned.</param>
/// <param name="Xp">The same.</param>
/// <param name="InsertedAt">When the group was made. Null, like <paramref name="UpdatedAt"/>, in events that were stored before
/// it was added.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
public sealed record GroupUpdated(
    Guid GroupId, Guid ActorId, string Name, string Description, bool IsPublic, string? AvatarUrl, int SustainabilityPoints,
    int Xp, DateTimeOffset? InsertedAt, DateTimeOffset? UpdatedAt) : IIntegrationEvent;

/// <summary>The group is gone for everybody; its history is kept and readable by nobody.</summary>
public sealed record GroupDeleted(Guid GroupId, Guid ActorId) : IIntegrationEvent;
