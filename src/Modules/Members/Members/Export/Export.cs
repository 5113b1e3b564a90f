using System.Buffers;
using System.Text.Json;
using Beat.Messaging.Messages.Contracts;
using Beat.Messaging.Shared.Hosting.Json;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Members.Export;

internal sealed class ExportEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/users/me/export", Handle)
        .RequireScope(MessageScopes.View)
        .WithName("ExportMine").WithTags("Members")
        .WithSummary("Export all that I wrote and am named in")
        .WithDescription(
            "A stream of lines, each a JSON object `{kind, data}`. The last one is of the kind `end` and counts those before it; without it the export is not complete.")
        .Produces<string>(StatusCodes.Status200OK, "application/x-ndjson");

    private static Task Handle(Export export, Caller caller, HttpContext context) => export.Run(caller.ProfileId, context);
}

/// <summary>Asks each module for what it holds of a person, and hands it on as it comes.</summary>
internal sealed partial class Export(IEnumerable<IExportSource> sources, ILogger<Export> log)
{
    private const int ChunkBytes = 16 * 1024;

    public async Task Run(Guid profileId, HttpContext context)
    {
        var (response, ct) = (context.Response, context.RequestAborted);
        var chunk = new ArrayBufferWriter<byte>(2 * ChunkBytes);
        var lines = 0L;
        try
        {
            foreach (var source in sources)
            {
                await foreach (var line in source.Of(profileId, ct))
                {
                    lines++;
                    Add(line);
                    if (chunk.WrittenCount >= ChunkBytes)
                        await Flush();
                }
            }
            Add(new ExportLine("end", new { Lines = lines }));
            await Flush();
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The client has gone.
        }
        catch (Exception failure) when (response.HasStarted)
        {
            // Too late for a problem: what is cut off cannot be taken for the whole.
            LogAborted(failure, lines);
            context.Abort();
        }

        void Add(ExportLine line)
        {
            chunk.Write(JsonSerializer.SerializeToUtf8Bytes(line, WireJson.Options));
            chunk.Write("\n"u8);
        }

        // Waits for a slow client, so that no more than a chunk and a page of a store are held.
        async Task Flush()
        {
            if (!response.HasStarted)
                response.ContentType = "application/x-ndjson";
            await response.Body.WriteAsync(chunk.WrittenMemory, ct);
            chunk.ResetWrittenCount();
        }
    }

    [LoggerMessage(301, LogLevel.Warning, "An export was cut off after {Lines} lines")]
    private partial void LogAborted(Exception failure, long lines);
}
