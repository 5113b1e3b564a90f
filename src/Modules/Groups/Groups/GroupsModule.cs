using Beat.Messaging.Groups.CreateGroup;
using Beat.Messaging.Groups.DeleteGroup;
using Beat.Messaging.Groups.GetGroup;
using Beat.Messaging.Groups.GetLeaderboard;
using Beat.Messaging.Groups.ListGroups;
using Beat.Messaging.Groups.ListPoints;
using Beat.Messaging.Groups.Points;
using Beat.Messaging.Groups.Pushes;
using Beat.Messaging.Groups.Subscriptions;
using Beat.Messaging.Groups.UpdateGroup;
using Beat.Messaging.Invites.Contracts;
using Beat.Messaging.Members.Replica;
using Beat.Messaging.Messages.Contracts;
using Beat.Messaging.Shared.Events.Modules;
using Microsoft.Extensions.DependencyInjection;

namespace Beat.Messaging.Groups;

/// <summary>Groups: what they are called, who may find them, who owns them, and what they have earned.</summary>
public sealed class GroupsModule : IModule
{
    public string Name => "groups";

    public void Register(IServiceCollection services)
    {
        services.AddSingleton<GroupReader>();
        services.AddHostedService<NormalizeGroupNames>();
        services.AddSingleton<PushGroupUpdated>().AddHostedService(provider => provider.GetRequiredService<PushGroupUpdated>());
        services.AddSingleton<PointLedger>();
        services.AddModule(Name)
            .Store<GroupsContext, SqliteGroupsContext>()
            .Settings(PointSettings.Read)
            .Settings(MembershipLimits.Read)
            .AllowsInBodies("group_id", parameter: "id")
            .Slice<ListGroupsEndpoint, ListGroups.ListGroups>()
            .Slice<CreateGroupEndpoint, CreateGroup.CreateGroup>()
            .SliceOf<GroupReader, GetGroupEndpoint>()
            .Slice<UpdateGroupEndpoint, UpdateGroup.UpdateGroup>()
            .Slice<DeleteGroupEndpoint, DeleteGroup.DeleteGroup>()
            .Slice<ListPointsEndpoint, ListPoints.ListPoints>()
            .Slice<GetLeaderboardEndpoint, GetLeaderboard.GetLeaderboard>()
            .Allows(GroupCapabilities.All)
            .Command(
                "points check", "compare the totals of points with their ledger; exit code 0 if they agree", PointsCommand.Check)
            .Command("points repair", "the same, and make the totals the sum of the ledger", PointsCommand.Repair)
            .Publishes<GroupCreated>("group_created", GroupTopics.Events, e => e.GroupId)
            .Publishes<GroupUpdated>("group_updated", GroupTopics.Events, e => e.GroupId)
            .Publishes<GroupDeleted>("group_deleted", GroupTopics.Events, e => e.GroupId)
            .Publishes<PointsAwarded>("points_awarded", GroupTopics.Events, e => e.GroupId)
            .KeepsMembers<GroupsContext, OnMembershipChanged>()
            .KeepsUsers<GroupsContext, OnUserChanged>()
            .SubscribesInBatches<TextMessageSent, OnMessageSent>()
            .SubscribesInBatches<BorrowMessageSent, OnMessageSent>()
            .SubscribesInBatches<SystemMessageSent, OnMessageSent>()
            .SubscribesInBatches<MessageDeleted, OnMessageSent>()
            .SubscribesInBatches<BorrowChanged, OnBorrowChanged>()
            .Subscribes<InviteCreated, OnInviteChanged>()
            .Subscribes<InviteAccepted, OnInviteChanged>()
            .Replica<GroupsContext, InviteReplica, OnInviteChanged>()
            .Pushes<GroupUpdated, PushGroupUpdated>()
            .Pushes<MemberJoined, PushGroupUpdated>()
            .Pushes<MemberLeft, PushGroupUpdated>()
            .Pushes<MemberKicked, PushGroupUpdated>()
            .Pushes<PointsAwarded, PushGroupUpdated>()
            .Sends<GroupUpdatedPush>("GroupUpdated")
            .TellsSnapshot<GroupSnapshot>()
            .TellsSnapshot<GroupStateSnapshot>()
            .Exports<GroupsExport>();
    }
}
