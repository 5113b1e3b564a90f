using Microsoft.Extensions.Hosting;

namespace Beat.Messaging.Messages.Search;

/// <summary>After an update that changed the terms of messages: gives those of before the new ones, a few at a time.</summary>
internal sealed class FillSearch(IMessageHistory store, TimeProvider time) : BackgroundService
{
    private const int BatchSize = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!await store.FillTerms(BatchSize))
                    return;
            }
            catch (StoreUnavailableException)
            {
                // It goes on where it was.
            }
            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
