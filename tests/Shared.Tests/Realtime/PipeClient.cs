using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Beat.Messaging.Shared.Tests.Realtime;

/// <summary>A connection whose other end is a pipe in the test: it holds 64 KB, as SignalR's do, until it is read.</summary>
internal sealed class PipeClient : IConnectionLifetimeNotificationFeature
{
    private readonly Pipe toClient = new(new PipeOptions(pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024));
    private readonly CountingWriter writer;
    private readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PipeClient(Guid? profileId = null, params IEnumerable<string> scopes)
    {
        writer = new CountingWriter(toClient.Writer);
        var transport = new Duplex(new Pipe().Reader, writer);
        var context = new DefaultConnectionContext(Guid.NewGuid().ToString()) { Transport = transport };
        context.Features.Set<IConnectionLifetimeNotificationFeature>(this);
        var hub = new HubConnectionContext(
            context,
            new HubConnectionContextOptions
            {
                KeepAliveInterval = TimeSpan.FromMinutes(1),
                ClientTimeoutInterval = TimeSpan.FromMinutes(1)
            },
            NullLoggerFactory.Instance)
        { Protocol = new JsonHubProtocol() };
        var caller = new Caller(profileId ?? Guid.NewGuid(), "auth", "client", scopes.ToHashSet(), DateTimeOffset.MaxValue);
        Connection = new FeedConnection(hub, caller, NullLogger.Instance);
    }

    public FeedConnection Connection { get; }

    /// <summary>How often something was written, however much.</summary>
    public int Writes => writer.Writes;

    /// <summary>Completes when the server asks SignalR to close the connection.</summary>
    public Task Closed => closed.Task;

    public CancellationToken ConnectionClosedRequested { get; set; }

    public void RequestClose() => closed.TrySetResult();

    /// <summary>The next pushes, as "target payload".</summary>
    public async Task<IReadOnlyList<string>> Read(int count)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var read = new List<string>();
        while (read.Count < count)
            Take(await toClient.Reader.ReadAsync(deadline.Token), read, count);
        return read;
    }

    /// <summary>All that can be read now and whatever that makes room for.</summary>
    public async Task<IReadOnlyList<string>> ReadAll()
    {
        var read = new List<string>();
        while (true)
        {
            while (toClient.Reader.TryRead(out var result))
                Take(result, read, int.MaxValue);
            // What waits is written by another thread once there is room: a mark comes after it.
            var mark = $"\"{Guid.NewGuid()}\"";
            Connection.Write(new FeedPush(null, "Mark", Encoding.UTF8.GetBytes(mark)));
            while (read.Count == 0 || !read[^1].EndsWith(mark, StringComparison.Ordinal))
            {
                using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
                Take(await toClient.Reader.ReadAsync(deadline.Token), read, int.MaxValue);
            }
            read.RemoveAt(read.Count - 1);
            return read;
        }
    }

    private void Take(ReadResult result, List<string> read, int count)
    {
        var buffer = result.Buffer;
        while (read.Count < count && buffer.PositionOf((byte)0x1E) is { } end)
        {
            using var record = JsonDocument.Parse(buffer.Slice(0, end));
            Assert.Equal(1, record.RootElement.GetProperty("type").GetInt32());
            var arguments = record.RootElement.GetProperty("arguments");
            Assert.Equal(1, arguments.GetArrayLength());
            read.Add($"{record.RootElement.GetProperty("target").GetString()} {arguments[0].GetRawText()}");
            buffer = buffer.Slice(buffer.GetPosition(1, end));
        }
        toClient.Reader.AdvanceTo(buffer.Start, read.Count < count ? buffer.End : buffer.Start);
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class CountingWriter(PipeWriter inner) : PipeWriter
    {
        private int writes;

        public int Writes => Volatile.Read(ref writes);

        public override ValueTask<FlushResult> WriteAsync(
            ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref writes);
            return inner.WriteAsync(source, cancellationToken);
        }

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            inner.FlushAsync(cancellationToken);

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);
    }
}
