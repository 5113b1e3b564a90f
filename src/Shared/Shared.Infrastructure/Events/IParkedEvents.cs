namespace Beat.Messaging.Shared.Infrastructure.Events;

/// <summary>Deliveries that failed for good, until somebody replays them.</summary>
public interface IParkedEvents
{
    Task<int> Count(CancellationToken ct);

    /// <summary>Gives each another round of attempts.</summary>
    /// <returns>How many there were.</returns>
    Task<int> Replay(CancellationToken ct);
}
