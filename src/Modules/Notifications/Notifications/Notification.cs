using System.Text.Json;
using Beat.Messaging.Shared.Hosting.Json;

namespace Beat.Messaging.Notifications;

/// <summary>Something that a person is to know. It names people and groups, and never holds what a message says.</summary>
internal sealed class Notification
{
    public required Guid Id { get; init; }

    public required Guid RecipientId { get; init; }

    /// <summary>Who did it; null when it was nobody.</summary>
    public Guid? ActorId { get; init; }

    /// <summary>What the actor is called in title and body; null when they are not named there.</summary>
    public string? ActorName { get; set; }

    /// <summary>See <see cref="NotificationTypes"/>; other services may bring their own.</summary>
    public required string Type { get; set; }

    public required string Title { get; set; }

    public required string Body { get; set; }

    /// <summary>JSON object, documented per type.</summary>
    public required string Data { get; set; }

    public Guid? ReferenceId { get; init; }

    public string? ReferenceType { get; init; }

    /// <summary>The group that it speaks of, if it does.</summary>
    public Guid? GroupId { get; init; }

    /// <summary>True for one that is withdrawn, too: it does not count.</summary>
    public bool IsRead { get; set; }

    /// <summary>
    /// What it told was not so any more before it was read: its recipient does not see it. The row stays, so that an event that
    /// comes late makes no other.
    /// </summary>
    public bool IsWithdrawn { get; private set; }

    public required DateTimeOffset InsertedAt { get; init; }

    /// <summary>
    /// The event that made it; with the recipient it is unique, so that an event that comes again notifies once.
    /// </summary>
    public required string SourceId { get; init; }

    /// <summary>How often it was told: 1, and one more each time that a folded one grows.</summary>
    public long Updates { get; private set; }

    /// <summary>Tells it, or tells it again as it is now.</summary>
    public void Raise(NotificationsContext db) => db.Raise(ToCreated(), Id, ++Updates);

    /// <summary>Takes back what has not been read; what was read is history.</summary>
    public void Withdraw(NotificationsContext db)
    {
        if (IsRead)
            return;
        (IsRead, IsWithdrawn) = (true, true);
        db.Raise(new NotificationWithdrawn(Id, RecipientId), Id, ++Updates);
    }

    /// <summary>Tells it as it is now, unread.</summary>
    public void Return(NotificationsContext db)
    {
        (IsRead, IsWithdrawn) = (false, false);
        Raise(db);
    }

    public NotificationResponse ToResponse() => new(
        Id, Type, Title, Body, DataAsJson(), new NotificationMetadata(ActorId, RecipientId, ReferenceId, ReferenceType), IsRead,
        InsertedAt);

    public static string DataOf(object data) => JsonSerializer.Serialize(data, WireJson.Options);

    private NotificationCreated ToCreated() => new(
        Id, Type, Title, Body, DataAsJson(), new NotificationMetadata(ActorId, RecipientId, ReferenceId, ReferenceType), IsRead,
        InsertedAt);

    private JsonElement DataAsJson() => JsonSerializer.Deserialize<JsonElement>(Data, WireJson.Options);
}

/// <summary>A notification as its recipient sees it.</summary>
/// <param name="Type">See <see cref="NotificationTypes"/>; other services may bring their own.</param>
/// <param name="Data">By type: <see cref="NotificationTypes.Documented"/>.</param>
internal sealed record NotificationResponse(
    Guid Id, string Type, string Title, string Body, JsonElement Data, NotificationMetadata Metadata, bool Read,
    DateTimeOffset InsertedAt);

internal static class NotificationTypes
{
    public const string GroupInvite = "group_invite";
    public const string InviteAccepted = "invite_accepted";
    public const string RoleChanged = "role_changed";
    public const string MemberKicked = "member_kicked";
    public const string Borrow = "borrow";
    public const string BorrowReminder = "borrow_reminder";
    public const string GroupDeleted = "group_deleted";
    public const string Mention = "mention";
    public const string Reply = "reply";
    public const string Message = "message";

    /// <summary>What <c>data</c> holds by type, for the reader of the API.</summary>
    public const string Documented =
        "By `type`, `data` holds, beside `group_id` and `group_name`: `group_invite` and `invite_accepted` `invite_id`; `role_changed` `role`; "
        + "`member_kicked` and `group_deleted` nothing more; `mention` and `reply` `message_id`, `seq`; `message` `count`, `first_seq`, `last_seq`; "
        + "`borrow` and `borrow_reminder` `message_id`, `garment_id`, `state`, `due_at` (and a `group_name` of null for a party who is out of the group). Other services may bring types of their own. What a message says is in none of them.";

    /// <summary>About the person's own place in a group: no preference silences it.</summary>
    public static bool IsPersonal(string type) =>
        type is GroupInvite or InviteAccepted or RoleChanged or MemberKicked or GroupDeleted;

    /// <summary>What is of no use to somebody who is not in the group any more, nor to anybody once it is gone.</summary>
    public static readonly IReadOnlyList<string> OfMembers = [Mention, Reply, Message, RoleChanged];

    /// <summary>What somebody who looks at the group sees there anyway.</summary>
    public static bool IsOnScreen(string type) => type is Mention or Reply or Message or Borrow;
}
