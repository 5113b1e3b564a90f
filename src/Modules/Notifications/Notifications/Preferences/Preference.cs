namespace Beat.Messaging.Notifications.Preferences;

/// <summary>What somebody wants to be told of a group; without one it is <see cref="NotificationLevel.Mentions"/>.</summary>
internal sealed class Preference
{
    public required Guid GroupId { get; init; }

    public required Guid ProfileId { get; init; }

    public NotificationLevel Level { get; set; }

    /// <summary>Until then nothing but what is about the person; a time that has passed mutes nothing.</summary>
    public DateTimeOffset? MutedUntil { get; set; }

    public static PreferenceResponse Default(Guid groupId) => new(groupId, NotificationLevel.Mentions, null);

    public PreferenceResponse ToResponse() => new(GroupId, Level, MutedUntil);
}

internal enum NotificationLevel
{
    /// <summary>Every message, folded.</summary>
    All = 0,

    /// <summary>What is said to the person: mentions, replies, loans.</summary>
    Mentions = 1,

    /// <summary>Nothing but what is about the person's own place in the group.</summary>
    None = 2,
}

/// <param name="Level"><c>all</c>, <c>mentions</c> (unless told) or <c>none</c>.</param>
/// <param name="MutedUntil">Null, or until when it is as if the level were <c>none</c>.</param>
internal sealed record PreferenceResponse(Guid GroupId, NotificationLevel Level, DateTimeOffset? MutedUntil);
