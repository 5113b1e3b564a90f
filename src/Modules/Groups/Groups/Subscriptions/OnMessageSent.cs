using Beat.Messaging.Groups.Data;
using Beat.Messaging.Messages.Contracts;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Groups.Subscriptions;

/// <summary>Keeps when a group was last active, by which one's groups are ordered. One write for many messages.</summary>
internal sealed class OnMessageSent(ModuleStore<GroupsContext> store) :
    IBatchEventHandler<TextMessageSent>, IBatchEventHandler<BorrowMessageSent>, IBatchEventHandler<SystemMessageSent>
{
    public Task Handle(IReadOnlyList<Envelope<TextMessageSent>> envelopes, CancellationToken ct) =>
        Touch(envelopes.Select(e => (e.Payload.GroupId, e.Payload.InsertedAt)), ct);

    public Task Handle(IReadOnlyList<Envelope<BorrowMessageSent>> envelopes, CancellationToken ct) =>
        Touch(envelopes.Select(e => (e.Payload.GroupId, e.Payload.InsertedAt)), ct);

    public Task Handle(IReadOnlyList<Envelope<SystemMessageSent>> envelopes, CancellationToken ct) =>
        Touch(envelopes.Select(e => (e.Payload.GroupId, e.Payload.InsertedAt)), ct);

    private Task Touch(IEnumerable<(Guid GroupId, DateTimeOffset At)> messages, CancellationToken ct) => store.Write<bool>(async db =>
    {
        foreach (var group in messages.GroupBy(m => m.GroupId, m => m.At))
        {
            var last = group.Max();
            await db.Groups.Where(g => g.Id == group.Key && g.LastActivityAt < last)
                .ExecuteUpdateAsync(row => row.SetProperty(g => g.LastActivityAt, last), ct);
        }
        return true;
    }, ct);
}
