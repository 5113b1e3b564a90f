using Beat.Messaging.Invites.Data;
using Beat.Messaging.Members.Contracts.Replica;
using Beat.Messaging.Shared.Infrastructure.Persistence;

namespace Beat.Messaging.Invites.Subscriptions;

/// <summary>Keeps who is in which group with which rank: who may invite, and as what.</summary>
internal sealed class OnMembershipChanged(ModuleStore<InvitesContext> store) : MembershipReplicaKeeper<InvitesContext>(store);
