using Beat.Messaging.Groups.Contracts;

namespace Beat.Messaging.Notifications.Subscriptions;

/// <summary>
/// Keeps who is in which group, and what groups are called; takes back what was told of a group to somebody who is not in it any
/// more.
/// </summary>
internal sealed class OnMembershipChanged(ModuleStore<NotificationsContext> store)
    : MembershipReplicaKeeper<NotificationsContext>(store)
{
    private const int BatchSize = 500;

    private readonly ModuleStore<NotificationsContext> store = store;

    public override async Task Handle(Envelope<MemberLeft> envelope, CancellationToken ct)
    {
        await base.Handle(envelope, ct);
        await WithdrawOf(envelope.Payload.GroupId, envelope.Payload.MemberId, ct);
    }

    public override async Task Handle(Envelope<MemberKicked> envelope, CancellationToken ct)
    {
        await base.Handle(envelope, ct);
        await WithdrawOf(envelope.Payload.GroupId, envelope.Payload.MemberId, ct);
    }

    public override async Task Handle(Envelope<GroupDeleted> envelope, CancellationToken ct)
    {
        await base.Handle(envelope, ct);
        await Withdraw(db => db.Notifications.Where(n => n.GroupId == envelope.Payload.GroupId), ct);
    }

    private async Task WithdrawOf(Guid groupId, Guid profileId, CancellationToken ct)
    {
        // A late event about someone who is back takes nothing from them.
        if (!await store.Read(db => db.MembersOf(groupId).AnyAsync(m => m.ProfileId == profileId, ct)))
            await Withdraw(db => db.Notifications.Where(n => n.RecipientId == profileId && n.GroupId == groupId), ct);
    }

    private async Task Withdraw(Func<NotificationsContext, IQueryable<Notification>> which, CancellationToken ct)
    {
        while (true)
        {
            var withdrawn = await store.Write<int>(async db =>
            {
                var some = await which(db).ForUpdate().Where(n => !n.IsRead && NotificationTypes.OfMembers.Contains(n.Type))
                    .OrderBy(n => n.Id).Take(BatchSize).ToListAsync(ct);
                some.ForEach(notification => notification.Withdraw(db));
                return some.Count;
            }, ct);
            if (withdrawn.Value < BatchSize)
                return;
        }
    }
}
