using System.Runtime.CompilerServices;

namespace Beat.Messaging.Members.Export;

/// <summary>The person, and where they are and were members.</summary>
internal sealed class MembersExport(ModuleStore<MembersContext> store) : IExportSource
{
    public async IAsyncEnumerable<ExportLine> Of(Guid profileId, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var user in store.Stream(db => db.Users.Where(u => u.ProfileId == profileId), u => u.ProfileId, ct))
            yield return new ExportLine("profile", new { user.ProfileId, user.AuthId, user.DisplayName });
        await foreach (var member in store.Stream(db => db.Members.Where(m => m.ProfileId == profileId), m => m.GroupId, ct))
            yield return new ExportLine(
                "membership", new { member.GroupId, member.Role, member.State, member.JoinedAt, member.KickedAt });
    }
}
