using Beat.Messaging.Shared.Realtime;

namespace Beat.Messaging.Members.Pushes;

/// <param name="ActorId">Who did it; the member themselves when they joined or left.</param>
/// <param name="Role">As it is now, or was last.</param>
internal sealed record MembershipPush(Guid GroupId, Guid ProfileId, Guid ActorId, Role Role);

internal sealed record GroupDeletedPush(Guid GroupId);

internal sealed record MembershipGranted(Guid GroupId, Role Role);

/// <param name="Reason"><c>kicked</c>, <c>left</c> or <c>group_deleted</c>.</param>
internal sealed record MembershipRevoked(Guid GroupId, string Reason);

/// <summary>
/// Tells a group who came, went and changed, and the person concerned what they gained or lost. Someone who goes is evicted
/// before anything else is said.
/// </summary>
internal sealed class PushMembershipChanged(GroupFeed feed, ModuleStore<MembersContext> store) :
    IEventHandler<MemberJoined>, IEventHandler<MemberLeft>, IEventHandler<MemberKicked>, IEventHandler<RoleChanged>,
    IEventHandler<OwnershipTransferred>, IEventHandler<GroupDeleted>
{
    public Task Handle(Envelope<MemberJoined> envelope, CancellationToken ct)
    {
        var (groupId, memberId, role) = envelope.Payload;
        feed.Push(groupId, "MemberJoined", new MembershipPush(groupId, memberId, memberId, role));
        feed.PushToPerson(memberId, "MembershipGranted", new MembershipGranted(groupId, role), GroupScopes.View);
        return Task.CompletedTask;
    }

    public Task Handle(Envelope<MemberLeft> envelope, CancellationToken ct) =>
        Gone("MemberLeft", envelope.Payload.GroupId, envelope.Payload.MemberId, envelope.Payload.MemberId, "left", ct);

    public Task Handle(Envelope<MemberKicked> envelope, CancellationToken ct) =>
        Gone("MemberKicked", envelope.Payload.GroupId, envelope.Payload.MemberId, envelope.Payload.ActorId, "kicked", ct);

    public Task Handle(Envelope<RoleChanged> envelope, CancellationToken ct)
    {
        var (groupId, actorId, memberId, role) = envelope.Payload;
        feed.Push(groupId, "RoleChanged", new MembershipPush(groupId, memberId, actorId, role));
        return Task.CompletedTask;
    }

    public Task Handle(Envelope<OwnershipTransferred> envelope, CancellationToken ct)
    {
        var (groupId, fromId, toId) = envelope.Payload;
        feed.Push(groupId, "RoleChanged", new MembershipPush(groupId, toId, fromId, Role.Admin));
        return Task.CompletedTask;
    }

    public async Task Handle(Envelope<GroupDeleted> envelope, CancellationToken ct)
    {
        var groupId = envelope.Payload.GroupId;
        feed.Push(groupId, "GroupDeleted", new GroupDeletedPush(groupId));
        feed.EvictAll(groupId);
        var members = await store.Read(db => db.Members
            .Where(m => m.GroupId == groupId && m.State == MemberState.Present)
            .Select(m => m.ProfileId)
            .ToListAsync(ct));
        foreach (var memberId in members)
            feed.PushToPerson(memberId, "MembershipRevoked", new MembershipRevoked(groupId, "group_deleted"), GroupScopes.View);
    }

    private async Task Gone(string push, Guid groupId, Guid memberId, Guid actorId, string reason, CancellationToken ct)
    {
        feed.Evict(groupId, memberId);
        var role = await store.Read(db => db.Members
            .Where(m => m.GroupId == groupId && m.ProfileId == memberId)
            .Select(m => m.Role)
            .SingleOrDefaultAsync(ct));
        feed.Push(groupId, push, new MembershipPush(groupId, memberId, actorId, role));
        feed.PushToPerson(memberId, "MembershipRevoked", new MembershipRevoked(groupId, reason), GroupScopes.View);
    }
}
