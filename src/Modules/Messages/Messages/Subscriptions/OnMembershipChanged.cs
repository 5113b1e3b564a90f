using Beat.Messaging.Members.Contracts.Replica;
using Beat.Messaging.Messages.Data;
using Beat.Messaging.Shared.Infrastructure.Persistence;

namespace Beat.Messaging.Messages.Subscriptions;

/// <summary>Keeps who may read and write where; what is in memory follows at once.</summary>
internal sealed class OnMembershipChanged(ModuleStore<MessagesContext> store, Memberships memberships)
    : MembershipReplicaKeeper<MessagesContext>(store)
{
    protected override void Changed(Guid groupId) => memberships.Changed(groupId);
}
