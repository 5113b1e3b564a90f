using Beat.Messaging.Shared.Abstractions;

namespace Beat.Messaging.Widgets.Contracts;

/// <summary>Somebody made one in a group.</summary>
public sealed record WidgetCreated(Guid Id, Guid GroupId, Guid CreatorId, string Title, DateTimeOffset InsertedAt) : IIntegrationEvent;
