using Beat.Messaging.Shared.Abstractions;

namespace Beat.Messaging.Groups.Contracts;

/// <summary>A group was made. Its creator becomes its owner and first member: <c>member_joined</c> follows.</summary>
/// <param name="CreatorAuthId">The creator's <c>sub</c>; the auth service looks people up by it.</param>
public sealed record GroupCreated(Guid GroupId, Guid CreatorId, string CreatorAuthId, string Name, bool IsPublic) : IIntegrationEvent;

/// <summary>Name, description, visibility, picture or owner changed; the payload is the state after it.</summary>
public sealed record GroupUpdated(Guid GroupId, Guid ActorId, string Name, string Description, bool IsPublic, string? AvatarUrl)
    : IIntegrationEvent;

/// <summary>The group is gone for everybody; its history is kept and readable by nobody.</summary>
public sealed record GroupDeleted(Guid GroupId, Guid ActorId) : IIntegrationEvent;
