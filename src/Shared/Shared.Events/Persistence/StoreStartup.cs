namespace Beat.Messaging.Shared.Events.Persistence;

/// <summary>Has a start wait for a database that is away, as when a whole system starts at once.</summary>
public sealed partial class StoreStartup(ILogger<StoreStartup> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Tries until it succeeds; what is not the database's absence is thrown.</summary>
    public async Task WaitUntilAvailable(Func<Task> prepared)
    {
        while (true)
        {
            try
            {
                await prepared();
                return;
            }
            catch (Exception away) when (away is StoreUnavailableException || StoreFaults.IsUnavailable(away))
            {
                LogWaiting(away.Message);
                await Task.Delay(Pause);
            }
        }
    }

    [LoggerMessage(13, LogLevel.Warning, "Waiting for the database: {Reason}")]
    private partial void LogWaiting(string reason);
}
