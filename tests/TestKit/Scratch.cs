namespace Beat.Messaging.TestKit;

/// <summary>Where services and servers of tests keep their data.</summary>
public static class Scratch
{
    private const long Room = 4L << 30;

    private static readonly DirectoryInfo Memory = new("/dev/shm");

    /// <summary>
    /// A new empty folder, in memory where there is room: processes are killed here, not machines, and dozens of databases that
    /// wait for one disk make each other late.
    /// </summary>
    public static string Folder()
    {
        var parent = Memory.Exists && new DriveInfo(Memory.FullName).AvailableFreeSpace > Room
            ? Memory.FullName
            : Path.GetTempPath();
        return Directory.CreateDirectory(Path.Combine(parent, $"beat-{Guid.NewGuid():N}")).FullName;
    }
}
