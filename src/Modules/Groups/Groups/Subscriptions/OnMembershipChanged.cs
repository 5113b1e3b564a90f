using Beat.Messaging.Members.Replica;

namespace Beat.Messaging.Groups.Subscriptions;

/// <summary>Keeps who is in which group, follows a new owner, and lets a group end with its last member.</summary>
internal sealed class OnMembershipChanged(ModuleStore<GroupsContext> store, TimeProvider time)
    : MemberReplicaKeeper<GroupsContext>(store)
{
    private readonly ModuleStore<GroupsContext> store = store;

    public override async Task Handle(Envelope<OwnershipTransferred> envelope, CancellationToken ct)
    {
        await base.Handle(envelope, ct);
        var (groupId, fromId, toId) = envelope.Payload;
        await store.Write(async db =>
        {
            var group = await db.Groups.ForUpdate().SingleOrDefaultAsync(g => g.Id == groupId && g.DeletedAt == null, ct);
            if (group is null || envelope.AggregateVersion <= group.OwnerVersion)
                return;
            (group.OwnerId, group.OwnerVersion) = (toId, envelope.AggregateVersion);
            group.Changed(time.Now());
            db.Raise(group.ToUpdated(fromId), group.Id, group.Revision);
        }, ct);
    }

    public override async Task Handle(Envelope<MemberLeft> envelope, CancellationToken ct)
    {
        await base.Handle(envelope, ct);
        await store.Write(async db =>
        {
            var (groupId, memberId) = envelope.Payload;
            var group = await db.Groups.ForUpdate().SingleOrDefaultAsync(g => g.Id == groupId && g.DeletedAt == null, ct);
            if (group is null || group.OwnerId != memberId
                || await db.Members.AnyAsync(m => m.GroupId == groupId && m.Role != null, ct))
                return;
            DeleteGroup.DeleteGroup.Delete(db, group, memberId, time.Now());
        }, ct);
    }
}
