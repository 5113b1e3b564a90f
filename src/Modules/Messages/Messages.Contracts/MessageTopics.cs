namespace Beat.Messaging.Messages.Contracts;

/// <summary>Where messages are mirrored to, and where other services write theirs.</summary>
public static class MessageTopics
{
    /// <summary>Messages; key: group id.</summary>
    public const string Events = "messaging_chat_events";
}
