using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Beat.Messaging.Contract.Tests;

/// <summary>
/// What clients and other services rely on is written down in <c>__snapshots__</c>, so that a change to it is seen in review. A new
/// or changed snapshot is written with <c>SNAPSHOOTER_STRICT_MODE=off</c> after the former one was deleted.
/// </summary>
internal static class Snapshots
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Show(JsonNode json) => json.ToJsonString(Readable);

    /// <summary>A snapshot that is missing fails its test, on every machine.</summary>
    [ModuleInitializer]
    internal static void FailWithoutSnapshot()
    {
        const string Mode = "SNAPSHOOTER_STRICT_MODE";
        if (Environment.GetEnvironmentVariable(Mode) is null)
            Environment.SetEnvironmentVariable(Mode, "on");
    }
}
