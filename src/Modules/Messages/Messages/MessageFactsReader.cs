namespace Beat.Messaging.Messages;

/// <inheritdoc cref="IMessageFacts"/>
internal sealed class MessageFactsReader(IMessageHistory store) : IMessageFacts
{
    public async Task<IReadOnlyDictionary<Guid, MessageFacts>> Of(IReadOnlyCollection<Guid> groupIds, IReadOnlyCollection<Guid> messageIds)
    {
        var messages = messageIds.Count == 0 ? [] : await store.GetMany(groupIds, messageIds);
        var answered = messages.Select(m => m.ReplyTo).OfType<Guid>().Distinct().ToList();
        var authors = answered.Count == 0 ? [] : (await store.GetMany(groupIds, answered)).ToDictionary(m => m.Id, m => m.SenderId);
        return messages.Where(m => m.SenderId != Guid.Empty).ToDictionary(m => m.Id, m => new MessageFacts(
            m.Id, m.GroupId, m.Seq, m.SenderId, m.Mentions,
            m.ReplyTo is { } id && authors.TryGetValue(id, out var author) && author != Guid.Empty ? author : null,
            m.Revision, m.DeletedAt is not null));
    }
}
