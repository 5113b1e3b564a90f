using System.Security.Cryptography;
using System.Text;

namespace Beat.Messaging.Shared.Hosting.Settings;

/// <summary><c>SECRET_KEY_BASE</c>. Each use has a key of its own, so that one cannot stand in for another.</summary>
public sealed class SecretKey(string secret)
{
    /// <summary>The same bytes for the same secret and purpose, at every start and on every node (HKDF with SHA-256).</summary>
    /// <param name="purpose">Names the use, e.g. <c>invite-token</c>.</param>
    /// <param name="length">1 to 8,160 bytes.</param>
    public byte[] Derive(string purpose, int length = 32) => HKDF.DeriveKey(
        HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), length, info: Encoding.UTF8.GetBytes(purpose));
}
