using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Beat.Messaging.Benchmarks;

/// <summary>
/// The least that speaks WebSockets and the hub's JSON protocol, so that the generator is not what is measured: it counts
/// records, and parses nothing.
/// </summary>
internal sealed class RawClient : IDisposable
{
    private const byte End = 0x1e;

    /// <summary>Where a record tells its type: <c>{"type":1</c> is a push, <c>{"type":3</c> the answer to a call.</summary>
    private const int TypeAt = 8;

    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly SemaphoreSlim answered = new(0);
    private readonly byte[] header = new byte[10];
    private long delivered;
    private int headerLength;
    private long payloadLeft;
    private int position;
    private byte type;

    public long Delivered => Volatile.Read(ref delivered);

    public static async Task<RawClient> Connect(Uri url, string? token)
    {
        var client = new RawClient();
        await client.socket.ConnectAsync(url.Host, url.Port);
        var request = $"GET /hubs/messaging HTTP/1.1\r\nHost: {url.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + (token is null ? "" : $"Authorization: Bearer {token}\r\n") + "\r\n";
        await client.socket.SendAsync(Encoding.ASCII.GetBytes(request));
        await client.SkipResponse();
        await client.Write("""{"protocol":"json","version":1}""");
        _ = client.ReadAll();
        return client;
    }

    public async Task Join(Guid group)
    {
        await Write($$"""{"type":1,"invocationId":"j","target":"JoinGroup","arguments":["{{group}}",null]}""");
        await answered.WaitAsync();
    }

    public async Task SendUntil(Guid group, CancellationToken stop)
    {
        var text = new string('x', 200);
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            await Write(
                $$"""{"type":1,"invocationId":"{{i}}","target":"SendTextMessage","arguments":["{{group}}",{"content":"{{text}}"}]}""");
            try
            {
                await answered.WaitAsync(stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    public void Dispose()
    {
        socket.Dispose();
        answered.Dispose();
    }

    /// <summary>A masked text frame, as clients must send; the mask is zero, which leaves the bytes as they are.</summary>
    private async Task Write(string record)
    {
        var payload = Encoding.UTF8.GetBytes(record + (char)End);
        var frame = new byte[8 + payload.Length];
        frame[0] = 0x81;
        var at = 2;
        if (payload.Length < 126)
        {
            frame[1] = (byte)(0x80 | payload.Length);
        }
        else
        {
            frame[1] = 0x80 | 126;
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
            at = 4;
        }
        payload.CopyTo(frame, at + 4);
        await socket.SendAsync(frame.AsMemory(0, at + 4 + payload.Length));
    }

    private async Task SkipResponse()
    {
        var (one, seen) = (new byte[1], new StringBuilder());
        while (!seen.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await socket.ReceiveAsync(one) == 0)
                throw new InvalidOperationException($"No WebSocket: {seen}");
            seen.Append((char)one[0]);
        }
        if (!seen.ToString().StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
            throw new InvalidOperationException($"No WebSocket: {seen}");
    }

    private async Task ReadAll()
    {
        var buffer = new byte[256 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer) is > 0 and var read)
                Take(buffer.AsSpan(0, read));
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // The round is over.
            return;
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        var pushes = 0;
        while (bytes.Length > 0)
        {
            if (payloadLeft == 0)
            {
                header[headerLength++] = bytes[0];
                bytes = bytes[1..];
                var needed = headerLength < 2 ? 2 : (header[1] & 0x7f) switch { 126 => 4, 127 => 10, _ => 2 };
                if (headerLength < needed)
                    continue;
                payloadLeft = needed switch
                {
                    4 => BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(2)),
                    10 => BinaryPrimitives.ReadInt64BigEndian(header.AsSpan(2)),
                    _ => header[1] & 0x7f,
                };
                headerLength = 0;
                continue;
            }
            var payload = bytes[..(int)Math.Min(payloadLeft, bytes.Length)];
            pushes += Count(payload);
            payloadLeft -= payload.Length;
            bytes = bytes[payload.Length..];
        }
        Volatile.Write(ref delivered, delivered + pushes);
    }

    private int Count(ReadOnlySpan<byte> payload)
    {
        var pushes = 0;
        while (payload.Length > 0)
        {
            var end = payload.IndexOf(End);
            var part = end < 0 ? payload : payload[..end];
            if (position <= TypeAt && position + part.Length > TypeAt)
                type = part[TypeAt - position];
            position += part.Length;
            if (end < 0)
                break;
            if (type == '1')
                pushes++;
            else if (type == '3')
                answered.Release();
            (position, type) = (0, 0);
            payload = payload[(end + 1)..];
        }
        return pushes;
    }
}
