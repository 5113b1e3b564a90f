using Beat.Messaging.Shared.Events.Kafka;

namespace Beat.Messaging.Members.Kafka;

/// <summary><c>user_created</c> of the auth service: someone has an account. Their e-mail address is not kept.</summary>
internal sealed record UserCreatedEvent
{
    public required Guid ProfileId { get; init; }

    [ClientId]
    public string? AuthId { get; init; }
}

/// <summary><c>profile_created</c>: the account is active and has a name.</summary>
internal sealed record ProfileCreatedEvent
{
    public required Guid ProfileId { get; init; }

    [ClientId]
    public string? AuthId { get; init; }

    [CleanedName(User.NameLimit)]
    public string? DisplayName { get; init; }
}

/// <summary><c>profile_updated</c>: what is absent stays.</summary>
internal sealed record ProfileUpdatedEvent
{
    public required Guid ProfileId { get; init; }

    [ClientId]
    public string? AuthId { get; init; }

    [CleanedName(User.NameLimit)]
    public string? DisplayName { get; init; }
}

/// <summary><c>profile_deleted</c>.</summary>
internal sealed record ProfileDeletedEvent
{
    public required Guid ProfileId { get; init; }
}

/// <summary>Follows the platform's people. Each change is safe to repeat by nature, so no inbox is needed.</summary>
internal sealed class PlatformEventsHandler(IPeople people) :
    IKafkaHandler<UserCreatedEvent>, IKafkaHandler<ProfileCreatedEvent>, IKafkaHandler<ProfileUpdatedEvent>, IKafkaHandler<ProfileDeletedEvent>
{
    public Task Handle(KafkaMessage<UserCreatedEvent> message, CancellationToken ct) =>
        people.Created(message.Payload.ProfileId, message.Payload.AuthId, displayName: null, message.OccurredAt, ct);

    public Task Handle(KafkaMessage<ProfileCreatedEvent> message, CancellationToken ct) =>
        people.Created(message.Payload.ProfileId, message.Payload.AuthId, message.Payload.DisplayName, message.OccurredAt, ct);

    public Task Handle(KafkaMessage<ProfileUpdatedEvent> message, CancellationToken ct) =>
        people.Updated(message.Payload.ProfileId, message.Payload.AuthId, message.Payload.DisplayName, message.OccurredAt, ct);

    public Task Handle(KafkaMessage<ProfileDeletedEvent> message, CancellationToken ct) =>
        people.Deleted(message.Payload.ProfileId, ct);
}
