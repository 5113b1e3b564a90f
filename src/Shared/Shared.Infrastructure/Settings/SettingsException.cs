namespace Beat.Messaging.Shared.Infrastructure.Settings;

/// <summary>The service cannot start as it is set up. The message lists every fault on a line of its own.</summary>
public sealed class SettingsException(IReadOnlyList<string> faults)
    : Exception("The service cannot start as it is set up:" + string.Concat(faults.Select(fault => $"{Environment.NewLine}  - {fault}")))
{
    public IReadOnlyList<string> Faults { get; } = faults;

    /// <summary>Runs the service and answers its exit code: 1 with the faults on stderr when it is set up wrongly.</summary>
    public static async Task<int> ExitCode(Func<Task> run)
    {
        try
        {
            await run();
            return 0;
        }
        catch (SettingsException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return 1;
        }
    }
}
