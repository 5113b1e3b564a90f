namespace Beat.Messaging.Messages.Subscriptions;

/// <summary>Of a deleted profile nothing is kept of what they have read and of where they are named.</summary>
internal sealed class OnUserDeleted(ModuleStore<MessagesContext> store) : IEventHandler<UserDeleted>
{
    public Task Handle(Envelope<UserDeleted> envelope, CancellationToken ct) => store.Write(async db =>
    {
        await db.ReadMarks.Where(r => r.ProfileId == envelope.Payload.ProfileId).ExecuteDeleteAsync(ct);
        await db.Mentions.Where(m => m.ProfileId == envelope.Payload.ProfileId).ExecuteDeleteAsync(ct);
    }, ct);
}
