using Beat.Messaging.Groups.Contracts;
using Beat.Messaging.Invites.Contracts;
using Beat.Messaging.Notifications.Pushes;

namespace Beat.Messaging.Notifications.Subscriptions;

/// <summary>What siblings tell that somebody is to know.</summary>
internal sealed class OnSiblingEvents(
    NotificationSender notifications, PushNotifications push, ModuleStore<NotificationsContext> store) :
    IEventHandler<InviteCreated>, IEventHandler<InviteResent>, IEventHandler<InviteAccepted>, IEventHandler<InviteDeclined>,
    IEventHandler<InviteRevoked>, IEventHandler<InviteExpired>, IEventHandler<RoleChanged>, IEventHandler<MemberKicked>, IEventHandler<GroupDeleted>
{
    public async Task Handle(Envelope<InviteCreated> envelope, CancellationToken ct)
    {
        var invite = envelope.Payload;
        await UpdateReplica(invite.Id, known => known.InviterId = invite.InviterId, ct);
        await NotifyInvitee(invite.Id, invite.GroupId, invite.InviterId, invite.InviteeId, SourceOf(invite.Id), ct);
    }

    public Task Handle(Envelope<InviteResent> envelope, CancellationToken ct)
    {
        var invite = envelope.Payload;
        return NotifyInvitee(
            invite.Id, invite.GroupId, invite.InviterId, invite.InviteeId, $"{SourceOf(invite.Id)}:{envelope.EventId}", ct);
    }

    public async Task Handle(Envelope<InviteAccepted> envelope, CancellationToken ct)
    {
        var accepted = envelope.Payload;
        await MarkAnswered(accepted.InviteId, accepted.InviteeId, ct);
        var inviterId = await store.Read(db => db.Invites
            .Where(i => i.InviteId == accepted.InviteId).Select(i => i.InviterId).SingleOrDefaultAsync(ct));
        if (inviterId is null || !await IsMember(accepted.GroupId, inviterId.Value, ct))
            return;
        var (group, person) = await Names(accepted.GroupId, accepted.InviteeId, ct);
        await notifications.Send(
            [inviterId.Value], accepted.InviteeId, NotificationTypes.InviteAccepted, $"{person} joined {group}",
            $"{person} accepted your invite.", new { accepted.InviteId, accepted.GroupId, GroupName = group }, accepted.GroupId,
            "group", envelope.EventId.ToString(), ct);
    }

    public Task Handle(Envelope<InviteDeclined> envelope, CancellationToken ct) =>
        MarkAnswered(envelope.Payload.InviteId, envelope.Payload.InviteeId, ct);

    public Task Handle(Envelope<InviteRevoked> envelope, CancellationToken ct) =>
        CloseNotifications(envelope.Payload.InviteId, envelope.Payload.InviteeId, ct);

    public Task Handle(Envelope<InviteExpired> envelope, CancellationToken ct) =>
        CloseNotifications(envelope.Payload.InviteId, envelope.Payload.InviteeId, ct);

    public async Task Handle(Envelope<RoleChanged> envelope, CancellationToken ct)
    {
        var changed = envelope.Payload;
        if (!await IsMember(changed.GroupId, changed.MemberId, ct))
            return;
        var (group, person) = await Names(changed.GroupId, changed.ActorId, ct);
        var role = changed.Role.ToString().ToLowerInvariant();
        await notifications.Send(
            [changed.MemberId], changed.ActorId, NotificationTypes.RoleChanged, $"Your role in {group} is {role}",
            $"{person} changed it.", new { changed.GroupId, GroupName = group, changed.Role }, changed.GroupId, "group",
            envelope.EventId.ToString(), ct, isOver: db => db.Set<MemberReplica>()
                .AnyAsync(m => m.GroupId == changed.GroupId && m.ProfileId == changed.MemberId && m.Role == null, ct));
    }

    public async Task Handle(Envelope<MemberKicked> envelope, CancellationToken ct)
    {
        var kicked = envelope.Payload;
        var (group, person) = await Names(kicked.GroupId, kicked.ActorId, ct);
        await notifications.Send(
            [kicked.MemberId], kicked.ActorId, NotificationTypes.MemberKicked, $"You were removed from {group}",
            $"{person} removed you.", new { kicked.GroupId, GroupName = group }, kicked.GroupId, "group",
            envelope.EventId.ToString(), ct);
    }

    public async Task Handle(Envelope<GroupDeleted> envelope, CancellationToken ct)
    {
        var deleted = envelope.Payload;
        var (group, person) = await Names(deleted.GroupId, deleted.ActorId, ct);
        var members = await store.Read(db => db.MembersOf(deleted.GroupId).Select(m => m.ProfileId).ToListAsync(ct));
        await notifications.Send(
            members, deleted.ActorId, NotificationTypes.GroupDeleted, $"{group} was deleted", $"{person} deleted it.",
            new { deleted.GroupId, GroupName = group }, deleted.GroupId, "group", envelope.EventId.ToString(), ct);
    }

    /// <summary>Who has gone since is told nothing more of the group.</summary>
    private Task<bool> IsMember(Guid groupId, Guid profileId, CancellationToken ct) =>
        store.Read(db => db.MembersOf(groupId).AnyAsync(m => m.ProfileId == profileId, ct));

    private async Task NotifyInvitee(
        Guid inviteId, Guid groupId, Guid inviterId, Guid inviteeId, string sourceId, CancellationToken ct)
    {
        var (group, person) = await Names(groupId, inviterId, ct);
        await notifications.Send(
            [inviteeId], inviterId, NotificationTypes.GroupInvite, $"{person} invites you to {group}",
            "Accept or decline the invite.", new { InviteId = inviteId, GroupId = groupId, GroupName = group }, groupId, "group",
            sourceId, ct, isOver: async db => (await FindInvite(db, inviteId, ct))?.IsClosed == true);
    }

    private static string SourceOf(Guid inviteId) => $"invite:{inviteId}";

    /// <summary>Whoever answers an invite knows of it, on whatever device: it is read.</summary>
    private async Task MarkAnswered(Guid inviteId, Guid inviteeId, CancellationToken ct)
    {
        await CloseNotifications(inviteId, inviteeId, (_, told) => told.IsRead = true, ct);
        await push.Unread(inviteeId, ct);
    }

    /// <summary>Nothing comes of it any more: who has not read of it need not.</summary>
    private Task CloseNotifications(Guid inviteId, Guid inviteeId, CancellationToken ct) =>
        CloseNotifications(inviteId, inviteeId, (db, told) => told.Withdraw(db), ct);

    private async Task CloseNotifications(
        Guid inviteId, Guid inviteeId, Action<NotificationsContext, Notification> end, CancellationToken ct)
    {
        // First: from now on nothing is told of it, however late.
        await UpdateReplica(inviteId, known => known.IsClosed = true, ct);
        var source = SourceOf(inviteId);
        await store.Write(async db =>
        {
            var told = await db.Notifications.ForUpdate()
                .Where(n => n.RecipientId == inviteeId && n.SourceId.StartsWith(source) && !n.IsRead).OrderBy(n => n.Id)
                .ToListAsync(ct);
            told.ForEach(one => end(db, one));
        }, ct);
    }

    private Task UpdateReplica(Guid inviteId, Action<InviteReplica> note, CancellationToken ct) => store.Write(async db =>
    {
        var known = await FindInvite(db, inviteId, ct);
        if (known is null)
            db.Add(known = new InviteReplica { InviteId = inviteId });
        note(known);
    }, ct);

    /// <summary>Locked: whoever tells of it and whoever closes it come one after the other.</summary>
    private static Task<InviteReplica?> FindInvite(NotificationsContext db, Guid inviteId, CancellationToken ct) =>
        db.Invites.ForUpdate().SingleOrDefaultAsync(i => i.InviteId == inviteId, ct);

    private async Task<(string Group, string Person)> Names(Guid groupId, Guid profileId, CancellationToken ct) =>
        await store.Read(async db => (
        await db.Groups.Where(g => g.GroupId == groupId).Select(g => g.Name).SingleOrDefaultAsync(ct) ?? "a group",
        await db.Users.Where(u => u.ProfileId == profileId).Select(u => u.DisplayName).SingleOrDefaultAsync(ct) ?? "Somebody"));
}
