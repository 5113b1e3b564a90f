using Beat.Messaging.Messages.Contracts;
using Beat.Messaging.Messages.Store;

namespace Beat.Messaging.Messages;

/// <inheritdoc cref="IMessageAuthors"/>
internal sealed class MessageAuthors(IMessageStore store) : IMessageAuthors
{
    public async Task<Guid?> AuthorOf(Guid groupId, Guid messageId) =>
        await store.Get(groupId, messageId) is { } message && message.SenderId != Guid.Empty ? message.SenderId : null;
}
