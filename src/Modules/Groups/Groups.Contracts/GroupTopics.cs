namespace Beat.Messaging.Groups.Contracts;

/// <summary>Where the events of groups are mirrored to, and those of siblings about a group.</summary>
public static class GroupTopics
{
    /// <summary>Groups, members and invites; key: group id.</summary>
    public const string Events = "messaging_events";
}
