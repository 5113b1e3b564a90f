using System.Runtime.CompilerServices;

namespace Beat.Messaging.Widgets;

/// <summary>The widgets that a person made.</summary>
internal sealed class WidgetsExport(ModuleStore<WidgetsContext> store) : IExportSource
{
    public async IAsyncEnumerable<ExportLine> Of(Guid profileId, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var widget in store.Stream(db => db.Widgets.Where(one => one.CreatorId == profileId), one => one.Id, ct))
            yield return new ExportLine("widget", widget.ToResponse());
    }
}
