namespace Beat.Messaging.Messages.Contracts;

/// <summary>Whose message a reply answers: its event names the message alone, and the author is to be told.</summary>
public interface IMessageAuthors
{
    /// <summary>Who sent it, also after it was deleted; null for one that is not there, or that no person sent.</summary>
    Task<Guid?> AuthorOf(Guid groupId, Guid messageId);
}
