using Beat.Messaging.Invites.Data;
using Beat.Messaging.Members.Contracts.Replica;
using Beat.Messaging.Shared.Infrastructure.Persistence;

namespace Beat.Messaging.Invites.Subscriptions;

/// <summary>Keeps who can be invited, and inviters' names.</summary>
internal sealed class OnUserChanged(ModuleStore<InvitesContext> store) : UserReplicaKeeper<InvitesContext>(store);
