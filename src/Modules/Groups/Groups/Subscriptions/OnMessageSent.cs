using Beat.Messaging.Groups.Points;
using Beat.Messaging.Messages.Contracts;

namespace Beat.Messaging.Groups.Subscriptions;

/// <summary>
/// Keeps when a group was last active, by which one's groups are ordered, and what messages earn. One transaction for many
/// messages.
/// </summary>
internal sealed class OnMessageSent(ModuleStore<GroupsContext> store, PointSettings points, TimeProvider time) :
    IBatchEventHandler<TextMessageSent>, IBatchEventHandler<BorrowMessageSent>, IBatchEventHandler<SystemMessageSent>,
    IBatchEventHandler<MessageDeleted>
{
    public Task Handle(IReadOnlyList<Envelope<TextMessageSent>> envelopes, CancellationToken ct) => Record(
        [.. envelopes.Select(e => (e.Payload.GroupId, e.Payload.InsertedAt))],
        [.. envelopes.Select(e => Sent(e.Payload.GroupId, e.Payload.Id, e.Payload.SenderId, e.Payload.InsertedAt))], ct);

    public Task Handle(IReadOnlyList<Envelope<BorrowMessageSent>> envelopes, CancellationToken ct) => Record(
        [.. envelopes.Select(e => (e.Payload.GroupId, e.Payload.InsertedAt))],
        [.. envelopes.Select(e => Sent(e.Payload.GroupId, e.Payload.Id, e.Payload.SenderId, e.Payload.InsertedAt))], ct);

    public Task Handle(IReadOnlyList<Envelope<SystemMessageSent>> envelopes, CancellationToken ct) =>
        Record([.. envelopes.Select(e => (e.Payload.GroupId, e.Payload.InsertedAt))], [], ct);

    public Task Handle(IReadOnlyList<Envelope<MessageDeleted>> envelopes, CancellationToken ct) =>
        Record([], [.. envelopes.Select(e => new PointReversal(e.Payload.GroupId, PointRule.MessageSent, e.Payload.Id))], ct);

    private PointAward Sent(Guid groupId, Guid messageId, Guid senderId, DateTimeOffset at) =>
        new(groupId, PointRule.MessageSent, messageId, senderId, points.MessageSent, at);

    private Task Record(
        IReadOnlyList<(Guid GroupId, DateTimeOffset At)> active, IReadOnlyList<PointChange> changes, CancellationToken ct) =>
        store.Write(async db =>
        {
            var groups = await PointLedger.LockStandings(
                db, active.Select(a => a.GroupId).Concat(changes.Select(c => c.GroupId)), ct);
            foreach (var (groupId, at) in active)
            {
                if (groups.TryGetValue(groupId, out var group) && group.LastActivityAt < at)
                    group.LastActivityAt = at;
            }
            await PointLedger.Record(db, groups, changes, time.Now(), ct);
        }, ct);
}
