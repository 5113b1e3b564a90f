using System.Security.Cryptography;

namespace Beat.Messaging.Shared.Infrastructure.Settings;

/// <summary>The folder of the embedded data, held by one process at a time.</summary>
public sealed class DataFolder : IDisposable
{
    private readonly FileStream held;

    private DataFolder(string path, FileStream held) => (Path, this.held) = (path, held);

    public string Path { get; }

    /// <summary>Makes the folder when it is new and takes its lock, which the kernel frees however the process ends.</summary>
    /// <exception cref="SettingsException">Another process has it, or it cannot be written.</exception>
    public static DataFolder Open(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            return new DataFolder(path, new FileStream(
                System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException(
                [$"The data folder {path} cannot be used: another process runs on it, or it cannot be written ({fault.Message}). Stop that process, or name another folder with BEAT_DATA."]);
        }
    }

    /// <summary>A secret that is made at the first start and stays.</summary>
    public string Secret()
    {
        var file = System.IO.Path.Combine(Path, "secret");
        if (!File.Exists(file))
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var writer = new StreamWriter(file, options);
            writer.Write(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
        }
        return File.ReadAllText(file).Trim();
    }

    public void Dispose() => held.Dispose();
}
