using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using Beat.Messaging.Shared.Hosting.Settings;

namespace Beat.Messaging.Invites;

/// <summary>Tokens of invites: the id with an HMAC of it, so that they can be shown again without being stored.</summary>
internal sealed class InviteTokens(SecretKey secret)
{
    private const int IdLength = 16;
    private const int MacLength = 16;
    private readonly byte[] key = secret.Derive("invite-token");

    public string Of(Guid inviteId)
    {
        var id = inviteId.ToByteArray(bigEndian: true);
        return Base64Url.EncodeToString([.. id, .. Mac(id)]);
    }

    /// <summary>Null for one that was never given out; compared in constant time.</summary>
    public Guid? Read(string token)
    {
        Span<byte> bytes = stackalloc byte[IdLength + MacLength];
        // TryDecodeFromChars throws for what is no base64.
        if (Base64Url.DecodeFromChars(token, bytes, out _, out var length) != OperationStatus.Done || length != bytes.Length)
            return null;
        var id = bytes[..IdLength];
        return CryptographicOperations.FixedTimeEquals(Mac(id), bytes[IdLength..]) ? new Guid(id, bigEndian: true) : null;
    }

    private byte[] Mac(ReadOnlySpan<byte> id) => HMACSHA256.HashData(key, id)[..MacLength];
}
