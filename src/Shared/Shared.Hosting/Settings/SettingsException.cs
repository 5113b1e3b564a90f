namespace Beat.Messaging.Shared.Hosting.Settings;

/// <summary>The service cannot start as it is set up. The message lists every fault on a line of its own.</summary>
public sealed class SettingsException(IReadOnlyList<string> faults)
    : Exception(
        "The service cannot start as it is set up:" + string.Concat(faults.Select(fault => $"{Environment.NewLine}  - {fault}")))
{
    public IReadOnlyList<string> Faults { get; } = faults;
}
