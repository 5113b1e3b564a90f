using Beat.Messaging.Groups.Contracts;
using Beat.Messaging.Groups.Data;
using Beat.Messaging.Groups.Points;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Infrastructure.Persistence;
using Beat.Messaging.Shared.Infrastructure.Settings;
using Beat.Messaging.Shared.Infrastructure.Time;

namespace Beat.Messaging.Groups.Subscriptions;

/// <summary>A new group earns points for its creator.</summary>
internal sealed class OnGroupCreated(ModuleStore<GroupsContext> store, MessagingSettings settings, TimeProvider time) : IEventHandler<GroupCreated>
{
    public Task Handle(Envelope<GroupCreated> envelope, CancellationToken ct) => store.Write<bool>(async db =>
    {
        var (groupId, creatorId, _, _, _) = envelope.Payload;
        var groups = await PointLedger.Lock(db, [groupId], ct);
        await PointLedger.Record(
            db, groups, [new Earned(groupId, PointRule.GroupCreated, groupId, creatorId, settings.Points.GroupCreated, envelope.OccurredAt)],
            time.Now(), ct);
        return true;
    }, ct);
}
