using System.Runtime.CompilerServices;

namespace Beat.Messaging.Notifications;

/// <summary>What a person was told, and what they want to be told.</summary>
internal sealed class NotificationsExport(ModuleStore<NotificationsContext> store) : IExportSource
{
    public async IAsyncEnumerable<ExportLine> Of(Guid profileId, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var preference in store.Stream(
            db => db.Preferences.Where(p => p.ProfileId == profileId), p => p.GroupId, ct))
            yield return new ExportLine("preference", preference.ToResponse());
        await foreach (var notification in store.Stream(
            db => db.Notifications.Where(n => n.RecipientId == profileId && !n.IsWithdrawn), n => n.Id, ct))
            yield return new ExportLine("notification", notification.ToResponse());
    }
}
