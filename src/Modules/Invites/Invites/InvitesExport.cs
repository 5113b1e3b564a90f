using System.Runtime.CompilerServices;

namespace Beat.Messaging.Invites;

/// <summary>The invites that a person sent and got, without their tokens.</summary>
internal sealed class InvitesExport(ModuleStore<InvitesContext> store, TimeProvider time) : IExportSource
{
    public async IAsyncEnumerable<ExportLine> Of(Guid profileId, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var invite in store.Stream(
            db => db.Invites.Where(i => i.InviterId == profileId || i.InviteeId == profileId), i => i.Id, ct))
        {
            yield return new ExportLine("invite", new
            {
                invite.Id,
                invite.GroupId,
                invite.InviterId,
                invite.InviteeId,
                invite.Role,
                Status = invite.StatusAt(time.GetUtcNow()),
                invite.ExpiresAt,
                invite.InsertedAt,
            });
        }
    }
}
