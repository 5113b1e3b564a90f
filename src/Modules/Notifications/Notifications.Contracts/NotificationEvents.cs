using System.Text.Json;
using Beat.Messaging.Shared.Abstractions;

namespace Beat.Messaging.Notifications.Contracts;

/// <summary>Someone has a new notification, or a folded one grew; the payload is the notification of the REST contract.</summary>
public sealed record NotificationCreated(
    Guid Id, string Type, string Title, string Body, JsonElement Data, NotificationMetadata Metadata, bool Read,
    DateTimeOffset InsertedAt) : IIntegrationEvent;

/// <summary>What an unread notification told is not so any more; its recipient does not see it again.</summary>
public sealed record NotificationWithdrawn(Guid Id, Guid RecipientId) : IIntegrationEvent;

/// <summary>Who did what to whom.</summary>
/// <param name="ReferenceType">What <paramref name="ReferenceId"/> names: <c>group</c>, <c>message</c>, <c>invite</c>.</param>
public sealed record NotificationMetadata(Guid? ActorId, Guid RecipientId, Guid? ReferenceId, string? ReferenceType);
