using Beat.Messaging.TestKit;

namespace Beat.Messaging.Integration.Tests;

/// <summary>The service that a suite drives. The suites are the same on every set of stores.</summary>
public abstract class RunningService
{
    /// <summary>Skips the test, by name and reason, where a server that it needs cannot be had.</summary>
    public abstract Service Service { get; }
}

/// <summary>On the embedded default; a service for each suite.</summary>
public sealed class EmbeddedService : RunningService, IAsyncLifetime
{
    private Service? service;

    public override Service Service => service!;

    public async Task InitializeAsync() => service = await Service.Start();

    public async Task DisposeAsync() => await service!.DisposeAsync();
}

/// <summary>
/// On PostgreSQL, MongoDB, Redis and Kafka, with databases of its own; a service for each suite, and these run one after the other. What
/// stands in for MongoDB reads a whole collection for each question: with all suites in one it would do nothing else.
/// </summary>
public sealed class RealService : RunningService, IAsyncLifetime
{
    private Service? service;
    private Exception? missing;

    public override Service Service => service ?? throw missing!;

    /// <summary>Settings that name a set of servers of the caller's own, but for Kafka.</summary>
    /// <param name="kafka">
    /// Two services on one broker are in the same consumer groups, and take each other's records: whoever has records read, or kills a
    /// node, which keeps its partitions for a while, brings a broker of its own.
    /// </param>
    public static async Task<string[]> Settings(Server? kafka = null) =>
    [
        $"DATABASE_URL={await Servers.PostgreSql()}",
        $"MONGO_URL={await Servers.Mongo()}",
        $"REDIS_URL={await Servers.Redis()}",
        $"KAFKA_BROKERS={kafka?.Url ?? await Servers.Kafka()}",
    ];

    public async Task InitializeAsync()
    {
        try
        {
            service = await Service.Start(isPatient: true, null, await Settings());
        }
        catch (Exception failure)
        {
            // A fixture cannot skip: each of its tests does.
            missing = failure;
        }
    }

    public async Task DisposeAsync()
    {
        if (service is not null)
            await service.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class RealServers
{
    public const string Name = "real servers";
}
