using Beat.Messaging.Shared.Realtime;

namespace Beat.Messaging.Invites.Pushes;

internal sealed record InviteWithdrawn(Guid InviteId);

/// <summary>Tells the invitee at once, on all of their connections.</summary>
internal sealed class PushInviteChanged(GroupFeed feed, ModuleStore<InvitesContext> store, InviteReader reader) :
    IEventHandler<InviteCreated>, IEventHandler<InviteResent>, IEventHandler<InviteRevoked>, IEventHandler<InviteExpired>
{
    public Task Handle(Envelope<InviteCreated> envelope, CancellationToken ct) =>
        Received(envelope.Payload.Id, envelope.Payload.InviteeId, ct);

    public Task Handle(Envelope<InviteResent> envelope, CancellationToken ct) =>
        Received(envelope.Payload.Id, envelope.Payload.InviteeId, ct);

    public Task Handle(Envelope<InviteRevoked> envelope, CancellationToken ct) =>
        Withdrawn(envelope.Payload.InviteId, envelope.Payload.InviteeId);

    public Task Handle(Envelope<InviteExpired> envelope, CancellationToken ct) =>
        Withdrawn(envelope.Payload.InviteId, envelope.Payload.InviteeId);

    private async Task Received(Guid inviteId, Guid inviteeId, CancellationToken ct)
    {
        var invite = await store.Read(db => reader.Read(db, inviteId, inviteeId, ct));
        if (!invite.IsProblem)
            feed.PushToPerson(inviteeId, "InviteReceived", invite.Value, InviteScopes.Accept);
    }

    private Task Withdrawn(Guid inviteId, Guid inviteeId)
    {
        feed.PushToPerson(inviteeId, "InviteWithdrawn", new InviteWithdrawn(inviteId), InviteScopes.Accept);
        return Task.CompletedTask;
    }
}
