namespace Beat.Messaging.Widgets.Subscriptions;

/// <summary>Keeps who is in which group with which rank; widgets go with their group.</summary>
internal sealed class OnMembershipChanged(ModuleStore<WidgetsContext> store) : MembershipReplicaKeeper<WidgetsContext>(store)
{
    private readonly ModuleStore<WidgetsContext> store = store;

    public override async Task Handle(Envelope<GroupDeleted> envelope, CancellationToken ct)
    {
        // First: nobody makes another one after it.
        await base.Handle(envelope, ct);
        await store.Write(db => db.Widgets.Where(one => one.GroupId == envelope.Payload.GroupId).ExecuteDeleteAsync(ct), ct);
    }
}
