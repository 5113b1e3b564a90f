using System.Text;

namespace Beat.Messaging.Shared.Realtime.Nodes;

/// <summary>What one node tells another: neutral of what clients speak.</summary>
/// <param name="Name">What happened; for a push its event.</param>
/// <param name="Number">Meaning is the channel's; 0 for none.</param>
/// <param name="Payloads">Each as UTF-8 JSON.</param>
public sealed record NodeMessage(string Name, long Number, IReadOnlyList<ReadOnlyMemory<byte>> Payloads)
{
    internal byte[] Write(Guid sender)
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer, Encoding.UTF8);
        writer.Write(sender.ToByteArray());
        writer.Write(Name);
        writer.Write(Number);
        writer.Write(Payloads.Count);
        foreach (var payload in Payloads)
        {
            writer.Write(payload.Length);
            writer.Write(payload.Span);
        }
        writer.Flush();
        return buffer.ToArray();
    }

    /// <returns>Null for what is no such message.</returns>
    internal static (Guid Sender, NodeMessage Message)? Read(byte[] bytes)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
            var sender = new Guid(reader.ReadBytes(16));
            var (name, number, count) = (reader.ReadString(), reader.ReadInt64(), reader.ReadInt32());
            var payloads = new List<ReadOnlyMemory<byte>>(Math.Clamp(count, 0, 1000));
            for (var i = 0; i < count; i++)
                payloads.Add(reader.ReadBytes(reader.ReadInt32()));
            return (sender, new NodeMessage(name, number, payloads));
        }
        catch (Exception foreign) when (foreign is IOException or ArgumentException or FormatException)
        {
            return null;
        }
    }
}
