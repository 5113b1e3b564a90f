using Beat.Messaging.Groups.Data;
using Beat.Messaging.Members.Contracts.Replica;
using Beat.Messaging.Shared.Infrastructure.Persistence;

namespace Beat.Messaging.Groups.Subscriptions;

/// <summary>Keeps who is known: only they may make groups.</summary>
internal sealed class OnUserChanged(ModuleStore<GroupsContext> store) : UserReplicaKeeper<GroupsContext>(store);
