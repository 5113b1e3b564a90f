namespace Beat.Messaging.Shared.Events;

/// <summary>A module's copy of siblings' state.</summary>
/// <param name="Subscriber">The name of the handler that keeps it.</param>
/// <param name="IsMissing">Whether it is empty, or a part of it is.</param>
public sealed record Replica(string Subscriber, Func<CancellationToken, Task<bool>> IsMissing);

/// <summary>
/// Fills replicas that are missing at start: of a new module, of one whose database was lost, or of a version that kept less.
/// </summary>
public sealed partial class ReplicaSeeder(
    IEnumerable<Replica> replicas, IEnumerable<ISnapshotSource> sources, EventRegistry registry, EventBus bus,
    ILogger<ReplicaSeeder> log)
{
    public async Task Run(CancellationToken ct)
    {
        foreach (var replica in replicas)
        {
            if (!await replica.IsMissing(ct))
                continue;
            var told = 0;
            foreach (var source in sources)
            {
                if (registry.Subscribers(source.EventType)
                    .FirstOrDefault(s => s.Name == replica.Subscriber) is not { } subscriber)
                    continue;
                await foreach (var envelope in source.Stream(ct))
                {
                    await bus.Handle(subscriber, [envelope], ct);
                    told++;
                }
            }
            if (told > 0)
                LogRefilled(replica.Subscriber, told);
        }
    }

    [LoggerMessage(20, LogLevel.Information, "The replica of {Subscriber} was refilled with {Events} events")]
    private partial void LogRefilled(string subscriber, int events);
}
