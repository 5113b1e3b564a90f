using Beat.Messaging.Members.Replica;

namespace Beat.Messaging.Groups.Subscriptions;

/// <summary>Keeps who is known: only they may make groups.</summary>
internal sealed class OnUserChanged(ModuleStore<GroupsContext> store) : UserReplicaKeeper<GroupsContext>(store);
