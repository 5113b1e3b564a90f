using Beat.Messaging.Shared.Hosting.Settings;

namespace Beat.Messaging.Messages.Sending;

/// <param name="SendsPerSecond">Per person and node.</param>
/// <param name="SendBurst">Sends at once after a pause.</param>
internal sealed record SendSettings(int SendsPerSecond, int SendBurst)
{
    public static SendSettings Read(SettingsReader read) => new(
        SendsPerSecond: read.Number("Limits:SendsPerSecond", 10, 1, 100_000),
        SendBurst: read.Number("Limits:SendBurst", 30, 1, 100_000));
}
