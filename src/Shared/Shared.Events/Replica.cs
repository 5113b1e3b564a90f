namespace Beat.Messaging.Shared.Events;

/// <summary>A module's copy of siblings' state.</summary>
/// <param name="Subscriber">The name of the handler that keeps it.</param>
public sealed record Replica(string Subscriber, Func<CancellationToken, Task<bool>> IsEmpty);

/// <summary>Fills replicas that are empty at start: a new module, or one whose database was lost.</summary>
public sealed partial class ReplicaSeeder(
    IEnumerable<Replica> replicas, IEnumerable<ISnapshotSource> sources, EventRegistry registry, EventBus bus, ILogger<ReplicaSeeder> log)
{
    public async Task Run(CancellationToken ct)
    {
        foreach (var replica in replicas)
        {
            if (!await replica.IsEmpty(ct))
                continue;
            var told = 0;
            foreach (var source in sources)
            {
                if (registry.Subscribers(source.EventType).FirstOrDefault(s => s.Name == replica.Subscriber) is not { } subscriber)
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

    [LoggerMessage(20, LogLevel.Information, "The empty replica of {Subscriber} was refilled with {Events} events")]
    private partial void LogRefilled(string subscriber, int events);
}
