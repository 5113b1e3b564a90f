namespace Beat.Messaging.Messages;

/// <summary>Shows messages with the loans of those that borrow: one query for a page, and none for a page of texts.</summary>
internal sealed class MessageReader(ModuleStore<MessagesContext> store, TimeProvider time)
{
    /// <summary>
    /// In the order of <paramref name="messages"/>. The loans are read after them: a state is never older than its revision.
    /// </summary>
    public async ValueTask<IReadOnlyList<MessageResponse>> ToResponse(IReadOnlyList<Message> messages)
    {
        var ids = messages.Where(message => message.Borrow is not null).Select(message => message.Id).ToList();
        var loans = ids.Count == 0
            ? []
            : await store.Read(
                db => db.Loans.AsNoTracking().Include(l => l.Moves).Where(l => ids.Contains(l.MessageId))
                    .ToDictionaryAsync(l => l.MessageId));
        var now = time.GetUtcNow();
        return [.. messages.Select(message => MessageResponse.Of(message, loans.GetValueOrDefault(message.Id), now))];
    }

    public async ValueTask<MessageResponse> ToResponse(Message message) => (await ToResponse([message]))[0];
}
