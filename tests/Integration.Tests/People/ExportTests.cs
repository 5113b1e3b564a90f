using System.Runtime.CompilerServices;
using Beat.Messaging.Members.Export;
using Beat.Messaging.Shared.Abstractions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Beat.Messaging.Integration.Tests.People;

/// <summary>An export over real HTTP, from sources that fail or do not end.</summary>
public sealed class ExportTests
{
    [Fact]
    public async Task What_fails_on_the_way_is_cut_off_before_its_end()
    {
        await using var server = await Serve(new Lines(10_000, fails: true));
        using var http = new HttpClient();
        using var answer = await http.GetAsync(server.Urls.First(), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(200, (int)answer.StatusCode);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        string? last = null;
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (await reader.ReadLineAsync() is { } line)
                last = line;
        });
        Assert.DoesNotContain("\"end\"", last, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_fails_before_the_first_chunk_is_no_export()
    {
        await using var server = await Serve(new Lines(1, fails: true));
        using var http = new HttpClient();
        Assert.Equal(500, (int)(await http.GetAsync(server.Urls.First())).StatusCode);
    }

    [Fact]
    public async Task A_client_that_goes_away_ends_it_and_one_that_does_not_read_holds_it_up()
    {
        var lines = new Lines(int.MaxValue, fails: false);
        await using var server = await Serve(lines);
        using var http = new HttpClient();
        using (var answer = await http.GetAsync(server.Urls.First(), HttpCompletionOption.ResponseHeadersRead))
        {
            // Nobody reads: what the sockets and the server hold is all that is ever made.
            var made = -1L;
            await TestKit.Until.True(
                async () =>
                {
                    var before = Interlocked.Exchange(ref made, lines.Made);
                    await Task.Delay(200);
                    return before == lines.Made;
                },
                "the export waits for its client");
        }
        await TestKit.Until.True(() => lines.HasEnded, "the export has ended");
    }

    private static async Task<WebApplication> Serve(IExportSource source)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var export = new Export([source], NullLogger<Export>.Instance);
        app.MapGet("/", (HttpContext context) => export.Run(Guid.NewGuid(), context));
        await app.StartAsync();
        return app;
    }

    private sealed class Lines(int count, bool fails) : IExportSource
    {
        private long made;

        public long Made => Interlocked.Read(ref made);

        public bool HasEnded { get; private set; }

        public async IAsyncEnumerable<ExportLine> Of(Guid profileId, [EnumeratorCancellation] CancellationToken ct)
        {
            try
            {
                for (var i = 0; i < count; i++)
                {
                    await Task.Yield();
                    Interlocked.Increment(ref made);
                    yield return new ExportLine("message", new { Number = i, Text = new string('x', 200) });
                }
                if (fails)
                    throw new InvalidOperationException("The store went away.");
            }
            finally
            {
                HasEnded = true;
            }
        }
    }
}
