namespace Beat.Messaging.Messages.Contracts;

/// <summary>The scope of access tokens for the chat: to read is to write.</summary>
public static class MessageScopes
{
    public const string View = "message:view";
}
