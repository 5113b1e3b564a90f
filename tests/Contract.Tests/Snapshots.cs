using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Snapshooter;

namespace Beat.Messaging.Contract.Tests;

/// <summary>
/// What clients and other services rely on is written down in <c>__snapshots__</c>, so that a change to it is seen in review.
/// <c>tools/accept-snapshots</c> writes those that are new or have changed.
/// </summary>
internal static class Snapshots
{
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Match(JsonNode json, string? name = null, [CallerMemberName] string test = "") =>
        Match(json.ToJsonString(Readable), name, test);

    /// <param name="name">Which one, where a test has several.</param>
    public static void Match(string text, string? name = null, [CallerMemberName] string test = "")
    {
        try
        {
            if (name is null)
                Snapshot.Match(text);
            else
                Snapshot.Match(text, SnapshotNameExtension.Create(name));
        }
        catch (Exception differs) when (differs is not OutOfMemoryException)
        {
            throw new InvalidOperationException(
                $"{test} {name}: what is frozen has changed, or is new. Is that wanted? Then run tools/accept-snapshots, and commit what it wrote.\n{differs.Message}", differs);
        }
    }

    /// <summary>A snapshot that is missing fails its test, on every machine.</summary>
    [ModuleInitializer]
    internal static void FailWithoutSnapshot()
    {
        const string Mode = "SNAPSHOOTER_STRICT_MODE";
        if (Environment.GetEnvironmentVariable(Mode) is null)
            Environment.SetEnvironmentVariable(Mode, "on");
    }
}
