using System.Security.Cryptography;
using System.Text;

namespace Beat.Messaging.Shared.Hosting.Settings;

/// <summary>The folder of the embedded stores. One process at a time has it.</summary>
public sealed class DataFolder : IDisposable
{
    // The kernel lets go of it when the process ends, however it ends.
    private readonly FileStream? lockFile;

    private DataFolder(string path, FileStream? held, SecretKey secret)
    {
        Path = path;
        this.lockFile = held;
        Secret = secret;
    }

    /// <summary>Absolute.</summary>
    public string Path { get; }

    /// <summary><c>SECRET_KEY_BASE</c>, or one that was made here at the first start and kept.</summary>
    public SecretKey Secret { get; }

    /// <summary>
    /// Makes the folder when it is missing and takes hold of it until disposal or the end of the process. Where nothing is
    /// embedded it is left alone: nodes and commands then run side by side anywhere.
    /// </summary>
    /// <exception cref="SettingsException">Another process has it, or it cannot be written.</exception>
    public static DataFolder Open(MessagingSettings settings)
    {
        var path = settings.DataFolder;
        if (settings is { Postgres: not null, Mongo: not null, SecretKeyBase: { } secret })
            return new DataFolder(path, null, new SecretKey(secret));
        FileStream? held = null;
        try
        {
            Directory.CreateDirectory(path);
            held = new FileStream(
                System.IO.Path.Combine(path, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DataFolder(path, held, new SecretKey(settings.SecretKeyBase ?? ReadOrCreateSecret(path)));
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            throw new SettingsException([$"The data folder {path} (BEAT_DATA) cannot be used. {unusable.Message}"]);
        }
    }

    public void Dispose() => lockFile?.Dispose();

    private static string ReadOrCreateSecret(string folder)
    {
        var file = System.IO.Path.Combine(folder, "secret_key_base");
        if (!File.Exists(file))
        {
            // Made whole before it has its name: a crash in between must not leave half a secret.
            var draft = file + ".new";
            File.Delete(draft);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var stream = new FileStream(draft, options))
            {
                stream.Write(Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(64, lowercase: true)));
                stream.Flush(flushToDisk: true);
            }
            File.Move(draft, file);
        }
        var secret = File.ReadAllText(file).Trim();
        return secret.Length >= MessagingSettings.MinSecretLength
            ? secret
            : throw new IOException($"Its file secret_key_base holds fewer than {MessagingSettings.MinSecretLength} characters.");
    }
}
