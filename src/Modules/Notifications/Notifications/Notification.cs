using System.Text.Json;
using Beat.Messaging.Notifications.Contracts;
using Beat.Messaging.Shared.Infrastructure.Json;

namespace Beat.Messaging.Notifications;

/// <summary>Something that a person is to know.</summary>
internal sealed class Notification
{
    public required Guid Id { get; init; }

    public required Guid RecipientId { get; init; }

    /// <summary>Who did it; null when it was nobody.</summary>
    public Guid? ActorId { get; init; }

    /// <summary>See <see cref="NotificationTypes"/>; other services may bring their own.</summary>
    public required string Type { get; init; }

    public required string Title { get; init; }

    public required string Body { get; init; }

    /// <summary>JSON object, documented per type.</summary>
    public required string Data { get; init; }

    public Guid? ReferenceId { get; init; }

    public string? ReferenceType { get; init; }

    public bool IsRead { get; set; }

    public required DateTimeOffset InsertedAt { get; init; }

    /// <summary>The event that made it; with the recipient it is unique, so that an event that comes again notifies once.</summary>
    public required string SourceId { get; init; }

    public NotificationResponse ToResponse() => new(
        Id, Type, Title, Body, DataAsJson(), new NotificationMetadata(ActorId, RecipientId, ReferenceId, ReferenceType), IsRead, InsertedAt);

    public NotificationCreated ToCreated() => new(
        Id, Type, Title, Body, DataAsJson(), new NotificationMetadata(ActorId, RecipientId, ReferenceId, ReferenceType), IsRead, InsertedAt);

    public static string DataOf(object data) => JsonSerializer.Serialize(data, WireJson.Options);

    private JsonElement DataAsJson() => JsonSerializer.Deserialize<JsonElement>(Data, WireJson.Options);
}

/// <summary>A notification as its recipient sees it.</summary>
/// <param name="Type"><c>group_invite</c>, <c>invite_accepted</c>, <c>role_changed</c>, <c>member_kicked</c>, <c>group_deleted</c>, <c>borrow</c>, <c>borrow_reminder</c>, …</param>
/// <param name="Data">By type; always with <c>group_id</c> and <c>group_name</c>, for invites with <c>invite_id</c> too, for loans with <c>message_id</c>,
/// <c>garment_id</c>, <c>state</c>, <c>due_at</c>.</param>
internal sealed record NotificationResponse(
    Guid Id, string Type, string Title, string Body, JsonElement Data, NotificationMetadata Metadata, bool Read, DateTimeOffset InsertedAt);

internal static class NotificationTypes
{
    public const string GroupInvite = "group_invite";
    public const string InviteAccepted = "invite_accepted";
    public const string RoleChanged = "role_changed";
    public const string MemberKicked = "member_kicked";
    public const string Borrow = "borrow";
    public const string BorrowReminder = "borrow_reminder";
    public const string GroupDeleted = "group_deleted";
}
