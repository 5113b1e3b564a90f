using Beat.Messaging.Groups.Contracts;
using Beat.Messaging.Invites.AcceptInvite;
using Beat.Messaging.Invites.CreateInvite;
using Beat.Messaging.Invites.DeclineInvite;
using Beat.Messaging.Invites.GetInvite;
using Beat.Messaging.Invites.ListInvites;
using Beat.Messaging.Invites.Pushes;
using Beat.Messaging.Invites.ResendInvite;
using Beat.Messaging.Invites.RevokeInvite;
using Beat.Messaging.Invites.Subscriptions;
using Beat.Messaging.Shared.Events.Modules;
using Microsoft.Extensions.DependencyInjection;

namespace Beat.Messaging.Invites;

/// <summary>Invites: how people come into groups that they cannot find by themselves.</summary>
public sealed class InvitesModule : IModule
{
    public string Name => "invites";

    public void Register(IServiceCollection services)
    {
        services.AddSingleton<InviteTokens>().AddSingleton<FailedTokenLimit>().AddSingleton<InviteReader>()
            .AddSingleton<MyInvites>();
        services.AddHostedService<ExpireInvites.ExpireInvites>();
        services.AddModule(Name)
            .Store<InvitesContext, SqliteInvitesContext>()
            .Settings(InviteSettings.Read)
            .Slice<CreateInviteEndpoint, CreateInvite.CreateInvite>()
            .Slice<ListInvitesEndpoint, ListInvites.ListInvites>()
            .Slice<GetInviteEndpoint, GetInvite.GetInvite>()
            .Slice<AcceptInviteEndpoint, AcceptInvite.AcceptInvite>()
            .Slice<DeclineInviteEndpoint, DeclineInvite.DeclineInvite>()
            .Slice<RevokeInviteEndpoint, RevokeInvite.RevokeInvite>()
            .Slice<ResendInviteEndpoint, ResendInvite.ResendInvite>()
            .Allows(InviteCapabilities.All)
            .Publishes<InviteCreated>("invite_created", GroupTopics.Events, e => e.GroupId)
            .Publishes<InviteAccepted>("invite_accepted", GroupTopics.Events, e => e.GroupId)
            .Publishes<InviteDeclined>("invite_declined", GroupTopics.Events, e => e.GroupId)
            .Publishes<InviteRevoked>("invite_revoked", GroupTopics.Events, e => e.GroupId)
            .Publishes<InviteExpired>("invite_expired", GroupTopics.Events, e => e.GroupId)
            .Publishes<InviteResent>("invite_resent", GroupTopics.Events, e => e.GroupId)
            .Publishes<EntryRequested>("entry_requested", GroupTopics.Events, e => e.GroupId)
            .KeepsMemberships<InvitesContext, OnMembershipChanged>()
            .KeepsUsers<InvitesContext, OnUserChanged>()
            .Subscribes<GroupDeleted, OnMembershipChanged>(handler: "OnGroupDeleted")
            .Subscribes<EntryDecided, OnEntryDecided>()
            .Pushes<InviteCreated, PushInviteChanged>()
            .Pushes<InviteResent, PushInviteChanged>()
            .Pushes<InviteRevoked, PushInviteChanged>()
            .Pushes<InviteExpired, PushInviteChanged>()
            .Sends<InviteResponse>("InviteReceived")
            .Sends<InviteWithdrawn>("InviteWithdrawn")
            .TellsSnapshot<InviteSnapshot>()
            .Exports<InvitesExport>();
    }
}
