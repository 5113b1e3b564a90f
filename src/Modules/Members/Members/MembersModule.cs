using Beat.Messaging.Invites.Contracts;
using Beat.Messaging.Members.ChangeRole;
using Beat.Messaging.Members.Export;
using Beat.Messaging.Members.FindUsers;
using Beat.Messaging.Members.GetPresence;
using Beat.Messaging.Members.JoinGroup;
using Beat.Messaging.Members.Kafka;
using Beat.Messaging.Members.KickMember;
using Beat.Messaging.Members.LeaveGroup;
using Beat.Messaging.Members.ListMembers;
using Beat.Messaging.Members.People;
using Beat.Messaging.Members.Pushes;
using Beat.Messaging.Members.Replica;
using Beat.Messaging.Members.Subscriptions;
using Beat.Messaging.Members.TransferGroup;
using Beat.Messaging.Shared.Events.Kafka;
using Beat.Messaging.Shared.Events.Modules;
using Beat.Messaging.Shared.Realtime;
using Microsoft.Extensions.DependencyInjection;

namespace Beat.Messaging.Members;

/// <summary>Members: people, who is in which group with which role, and who is online.</summary>
public sealed class MembersModule : IModule
{
    public string Name => "members";

    public void Register(IServiceCollection services)
    {
        services.AddSingleton<IPeople, People.People>()
            .AddSingleton<DeletedProfileMonitor>()
            .AddHostedService(provider => provider.GetRequiredService<DeletedProfileMonitor>())
            .AddSingleton<MemberReader>().AddHostedService<PushPresenceChanged>().AddHostedService<NormalizeUserNames>();
        services.AddKafkaConsumer("auth_events", group: "messaging-members", events => events
            .On<UserCreatedEvent, PlatformEventsHandler>("user_created")
            .On<ProfileCreatedEvent, PlatformEventsHandler>("profile_created")
            .On<ProfileUpdatedEvent, PlatformEventsHandler>("profile_updated")
            .On<ProfileDeletedEvent, PlatformEventsHandler>("profile_deleted"));
        services.AddModule(Name)
            .Store<MembersContext, SqliteMembersContext>()
            .Settings(MembershipLimits.Read)
            .Describes("profile_id", "The person.")
            .Slice<ListMembersEndpoint, ListMembers.ListMembers>()
            .Slice<JoinGroupEndpoint, JoinGroup.JoinGroup>()
            .Slice<LeaveGroupEndpoint, LeaveGroup.LeaveGroup>()
            .Slice<TransferGroupEndpoint, TransferGroup.TransferGroup>()
            .Slice<KickMemberEndpoint, KickMember.KickMember>()
            .Slice<ChangeRoleEndpoint, ChangeRole.ChangeRole>()
            .Slice<FindUsersEndpoint, FindUsers.FindUsers>()
            .Slice<GetPresenceEndpoint, GetPresence.GetPresence>()
            .Slice<ExportEndpoint, Export.Export>()
            .Allows(MemberCapabilities.All)
            .Publishes<MemberJoined>("member_joined", GroupTopics.Events, e => e.GroupId)
            .Publishes<MemberLeft>("member_left", GroupTopics.Events, e => e.GroupId)
            .Publishes<MemberKicked>("kick_member", GroupTopics.Events, e => e.GroupId)
            .Publishes<RoleChanged>("change_role", GroupTopics.Events, e => e.GroupId)
            .Publishes<OwnershipTransferred>("ownership_transferred", GroupTopics.Events, e => e.GroupId)
            .Publishes<UserRecorded>("user_recorded", GroupTopics.Events, e => e.ProfileId)
            .Publishes<UserDeleted>("user_deleted", GroupTopics.Events, e => e.ProfileId)
            .Publishes<EntryDecided>("entry_decided", GroupTopics.Events, e => e.GroupId)
            .Subscribes<GroupCreated, OnGroupChanged>()
            .Subscribes<GroupUpdated, OnGroupChanged>()
            .Subscribes<GroupDeleted, OnGroupChanged>()
            .Subscribes<InviteCreated, OnInviteChanged>()
            .Subscribes<EntryRequested, OnInviteChanged>()
            .Replica<MembersContext, Roster, OnGroupChanged>(lacks: roster => !roster.IsDeleted && roster.InsertedAt == null)
            .Pushes<MemberJoined, PushMembershipChanged>()
            .Pushes<MemberLeft, PushMembershipChanged>()
            .Pushes<MemberKicked, PushMembershipChanged>()
            .Pushes<RoleChanged, PushMembershipChanged>()
            .Pushes<OwnershipTransferred, PushMembershipChanged>()
            .Pushes<GroupDeleted, PushMembershipChanged>()
            .Sends<MembershipPush>("MemberJoined")
            .Sends<MembershipPush>("MemberLeft")
            .Sends<MembershipPush>("MemberKicked")
            .Sends<MembershipPush>("RoleChanged")
            .Sends<GroupDeletedPush>("GroupDeleted")
            .Sends<MembershipGranted>("MembershipGranted")
            .Sends<MembershipRevoked>("MembershipRevoked")
            .Sends<PresencePush>("PresenceChanged")
            .TellsSnapshot<MemberSnapshot>()
            .TellsSnapshot<OwnershipSnapshot>()
            .TellsSnapshot<UserSnapshot>()
            .Exports<MembersExport>();
    }
}
