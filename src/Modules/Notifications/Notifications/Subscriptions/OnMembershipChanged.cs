using Beat.Messaging.Members.Contracts.Replica;
using Beat.Messaging.Notifications.Data;
using Beat.Messaging.Shared.Infrastructure.Persistence;

namespace Beat.Messaging.Notifications.Subscriptions;

/// <summary>Keeps who is in which group, and what groups are called.</summary>
internal sealed class OnMembershipChanged(ModuleStore<NotificationsContext> store) : MembershipReplicaKeeper<NotificationsContext>(store);
