using System.Runtime.CompilerServices;

namespace Beat.Messaging.Invites.Subscriptions;

/// <summary>Tells the invites that may yet be accepted to a sibling that has none.</summary>
internal sealed class InviteSnapshot(ModuleStore<InvitesContext> store) : ISnapshotSource
{
    public Type EventType => typeof(InviteCreated);

    public async IAsyncEnumerable<object> Stream([EnumeratorCancellation] CancellationToken ct)
    {
        await using var db = store.Open();
        await foreach (var invite in db.Invites.AsNoTracking().Where(i => i.Status == InviteStatus.Pending).AsAsyncEnumerable()
            .WithCancellation(ct))
        {
            yield return new Envelope<InviteCreated>(
                Guid.CreateVersion7(), invite.Id.ToString(), 1, invite.InsertedAt, null,
                new InviteCreated(
                    invite.Id, invite.GroupId, invite.InviterId, invite.InviteeId, (int)invite.Role, (int)invite.Status));
        }
    }
}
