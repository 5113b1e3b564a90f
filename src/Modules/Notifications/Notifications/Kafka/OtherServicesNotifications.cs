using System.Text.Json;
using Beat.Messaging.Shared.Events.Kafka;

namespace Beat.Messaging.Notifications.Kafka;

/// <summary><c>notify_invite_created</c>: another service invited somebody.</summary>
internal sealed record NotifyInviteCreatedEvent
{
    public required Guid RecipientId { get; init; }

    public Guid? ActorId { get; init; }

    public required Guid GroupId { get; init; }

    [Name(100)]
    public required string GroupName { get; init; }
}

/// <summary><c>notify</c>: another service tells a person something.</summary>
internal sealed record NotifyEvent
{
    public required Guid RecipientId { get; init; }

    [ClientId]
    public required string Type { get; init; }

    [TextLength(1, 200)]
    public required string Title { get; init; }

    [TextLength(0, 1000)]
    public required string Body { get; init; }

    [JsonObject(8192)]
    public JsonElement? Data { get; init; }
}

/// <summary>Notifies in the name of other services, once per event.</summary>
internal sealed class ExternalNotificationsHandler(NotificationSender notifications, ModuleStore<NotificationsContext> store)
    : IKafkaHandler<NotifyInviteCreatedEvent>, IKafkaHandler<NotifyEvent>
{
    public async Task Handle(KafkaMessage<NotifyInviteCreatedEvent> message, CancellationToken ct)
    {
        var invite = message.Payload;
        await CheckKnown(invite.RecipientId, ct);
        await notifications.Send(
            [invite.RecipientId], invite.ActorId, NotificationTypes.GroupInvite, $"You are invited to {invite.GroupName}",
            "Accept or decline the invite.", new { invite.GroupId, invite.GroupName }, invite.GroupId, "group", message.InboxId,
            ct);
    }

    public async Task Handle(KafkaMessage<NotifyEvent> message, CancellationToken ct)
    {
        var told = message.Payload;
        await CheckKnown(told.RecipientId, ct);
        await notifications.Send(
            [told.RecipientId], actorId: null, told.Type, told.Title, told.Body,
            told.Data ?? JsonSerializer.SerializeToElement(new { }), referenceId: null, referenceType: null, message.InboxId, ct);
    }

    private async Task CheckKnown(Guid profileId, CancellationToken ct)
    {
        if (!await store.Read(db => db.Users.AnyAsync(u => u.ProfileId == profileId && u.IsKnown, ct)))
            throw new ProblemException(MembershipProblems.UserNotFound);
    }
}
