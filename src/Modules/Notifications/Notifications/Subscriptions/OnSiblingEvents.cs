using Beat.Messaging.Groups.Contracts;
using Beat.Messaging.Invites.Contracts;
using Beat.Messaging.Members.Contracts;
using Beat.Messaging.Members.Contracts.Replica;
using Beat.Messaging.Notifications.Data;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Notifications.Subscriptions;

/// <summary>What siblings tell that somebody is to know.</summary>
internal sealed class OnSiblingEvents(Notify notify, ModuleStore<NotificationsContext> store) :
    IEventHandler<InviteCreated>, IEventHandler<InviteResent>, IEventHandler<InviteAccepted>, IEventHandler<RoleChanged>,
    IEventHandler<MemberKicked>, IEventHandler<GroupDeleted>
{
    public async Task Handle(Envelope<InviteCreated> envelope, CancellationToken ct)
    {
        var invite = envelope.Payload;
        await store.Write<bool>(async db =>
        {
            if (!await db.Invites.AnyAsync(i => i.InviteId == invite.Id, ct))
                db.Add(new InviteReplica { InviteId = invite.Id, InviterId = invite.InviterId });
            return true;
        }, ct);
        await Invited(invite.Id, invite.GroupId, invite.InviterId, invite.InviteeId, envelope.EventId, ct);
    }

    public Task Handle(Envelope<InviteResent> envelope, CancellationToken ct)
    {
        var invite = envelope.Payload;
        return Invited(invite.Id, invite.GroupId, invite.InviterId, invite.InviteeId, envelope.EventId, ct);
    }

    public async Task Handle(Envelope<InviteAccepted> envelope, CancellationToken ct)
    {
        var accepted = envelope.Payload;
        var inviterId = await store.Read(db => db.Invites
            .Where(i => i.InviteId == accepted.InviteId).Select(i => (Guid?)i.InviterId).SingleOrDefaultAsync(ct));
        if (inviterId is null || !await IsMember(accepted.GroupId, inviterId.Value, ct))
            return;
        var (group, person) = await Names(accepted.GroupId, accepted.InviteeId, ct);
        await notify.Run(
            [inviterId.Value], accepted.InviteeId, NotificationTypes.InviteAccepted, $"{person} joined {group}", $"{person} accepted your invite.",
            new { accepted.InviteId, accepted.GroupId, GroupName = group }, accepted.GroupId, "group", envelope.EventId.ToString(), ct);
    }

    public async Task Handle(Envelope<RoleChanged> envelope, CancellationToken ct)
    {
        var changed = envelope.Payload;
        if (!await IsMember(changed.GroupId, changed.MemberId, ct))
            return;
        var (group, person) = await Names(changed.GroupId, changed.ActorId, ct);
        var role = changed.Role.ToString().ToLowerInvariant();
        await notify.Run(
            [changed.MemberId], changed.ActorId, NotificationTypes.RoleChanged, $"Your role in {group} is {role}", $"{person} changed it.",
            new { changed.GroupId, GroupName = group, changed.Role }, changed.GroupId, "group", envelope.EventId.ToString(), ct);
    }

    public async Task Handle(Envelope<MemberKicked> envelope, CancellationToken ct)
    {
        var kicked = envelope.Payload;
        var (group, person) = await Names(kicked.GroupId, kicked.ActorId, ct);
        await notify.Run(
            [kicked.MemberId], kicked.ActorId, NotificationTypes.MemberKicked, $"You were removed from {group}", $"{person} removed you.",
            new { kicked.GroupId, GroupName = group }, kicked.GroupId, "group", envelope.EventId.ToString(), ct);
    }

    public async Task Handle(Envelope<GroupDeleted> envelope, CancellationToken ct)
    {
        var deleted = envelope.Payload;
        var (group, person) = await Names(deleted.GroupId, deleted.ActorId, ct);
        var members = await store.Read(db => db.MembersOf(deleted.GroupId).Select(m => m.ProfileId).ToListAsync(ct));
        await notify.Run(
            members, deleted.ActorId, NotificationTypes.GroupDeleted, $"{group} was deleted", $"{person} deleted it.",
            new { deleted.GroupId, GroupName = group }, deleted.GroupId, "group", envelope.EventId.ToString(), ct);
    }

    /// <summary>Who has gone since is told nothing more of the group.</summary>
    private Task<bool> IsMember(Guid groupId, Guid profileId, CancellationToken ct) =>
        store.Read(db => db.MembersOf(groupId).AnyAsync(m => m.ProfileId == profileId, ct));

    private async Task Invited(Guid inviteId, Guid groupId, Guid inviterId, Guid inviteeId, Guid eventId, CancellationToken ct)
    {
        var (group, person) = await Names(groupId, inviterId, ct);
        await notify.Run(
            [inviteeId], inviterId, NotificationTypes.GroupInvite, $"{person} invites you to {group}", "Accept or decline the invite.",
            new { InviteId = inviteId, GroupId = groupId, GroupName = group }, groupId, "group", eventId.ToString(), ct);
    }

    private async Task<(string Group, string Person)> Names(Guid groupId, Guid profileId, CancellationToken ct) => await store.Read(async db => (
        await db.Groups.Where(g => g.GroupId == groupId).Select(g => g.Name).SingleOrDefaultAsync(ct) ?? "a group",
        await db.Users.Where(u => u.ProfileId == profileId).Select(u => u.DisplayName).SingleOrDefaultAsync(ct) ?? "Somebody"));
}
