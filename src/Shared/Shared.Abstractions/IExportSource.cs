namespace Beat.Messaging.Shared.Abstractions;

/// <summary>
/// What a module holds of a person, for that person to have: everything they wrote, and everything that names them.
/// </summary>
public interface IExportSource
{
    /// <summary>
    /// Reads a page at a time, so that it may be as long as it likes. An exception ends the export, visibly to the client.
    /// </summary>
    IAsyncEnumerable<ExportLine> Of(Guid profileId, CancellationToken ct);
}

/// <summary>A line of an export.</summary>
/// <param name="Kind">What it is, in snake_case; <c>end</c> is the export's own.</param>
/// <param name="Data">Written as the wire's JSON.</param>
public sealed record ExportLine(string Kind, object Data);
