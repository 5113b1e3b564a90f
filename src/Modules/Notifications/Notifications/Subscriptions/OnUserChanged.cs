using Beat.Messaging.Members.Contracts.Replica;
using Beat.Messaging.Notifications.Data;
using Beat.Messaging.Shared.Infrastructure.Persistence;

namespace Beat.Messaging.Notifications.Subscriptions;

/// <summary>Keeps what people are called.</summary>
internal sealed class OnUserChanged(ModuleStore<NotificationsContext> store) : UserReplicaKeeper<NotificationsContext>(store);
