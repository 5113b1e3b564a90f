namespace Beat.Messaging.Messages.Contracts;

/// <summary>
/// What messages are now, whatever their events told so far: who is to know of a message follows its edits and its deletion, and its
/// events come late and more than once.
/// </summary>
public interface IMessageFacts
{
    /// <summary>Those of the messages that are there and that a person sent, by id.</summary>
    Task<IReadOnlyDictionary<Guid, MessageFacts>> Of(IReadOnlyCollection<Guid> groupIds, IReadOnlyCollection<Guid> messageIds);
}

/// <param name="Mentions">Nobody, once it is deleted.</param>
/// <param name="AnsweredId">Who sent the message that it answers, also after that was deleted; null where there is none.</param>
/// <param name="Revision">1 when sent; every change adds one.</param>
public sealed record MessageFacts(
    Guid Id, Guid GroupId, long Seq, Guid SenderId, IReadOnlyList<Guid> Mentions, Guid? AnsweredId, int Revision, bool IsDeleted);
