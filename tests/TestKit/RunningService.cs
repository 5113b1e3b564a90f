using Xunit;

namespace Beat.Messaging.TestKit;

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
/// On PostgreSQL, Redis and Kafka, with databases of its own; a service for each suite, and these run one after the other.
/// Messages are embedded: a suite that is about how they are stored has a <see cref="MongoService"/>, too.
/// </summary>
public class RealService : RunningService, IAsyncLifetime
{
    private Service? service;
    private Exception? missing;

    public override Service Service => service ?? throw missing!;

    /// <summary>Settings that name a set of servers of the caller's own, but for Kafka.</summary>
    /// <param name="kafka">
    /// Two services on one broker are in the same consumer groups, and take each other's records: whoever has records read, or
    /// kills a node, which keeps its partitions for a while, brings a broker of its own.
    /// </param>
    public static async Task<string[]> Settings(Server? kafka = null) =>
    [
        $"DATABASE_URL={await Servers.PostgreSql()}",
        $"REDIS_URL={await Servers.Redis()}",
        $"KAFKA_BROKERS={kafka?.Url ?? await Servers.Kafka()}",
    ];

    protected virtual Task<string[]> ServiceSettings() => Settings();

    public async Task InitializeAsync()
    {
        try
        {
            service = await Service.Start(isPatient: true, null, await ServiceSettings());
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

/// <summary>
/// The same with messages in MongoDB, for suites that read and write the message store. What stands in for MongoDB may read a
/// whole collection for each question: with all suites on it, and all in one database, it would do nothing else.
/// </summary>
public sealed class MongoService : RealService
{
    /// <inheritdoc cref="RealService.Settings"/>
    public static new async Task<string[]> Settings(Server? kafka = null) =>
        [.. await RealService.Settings(kafka), $"MONGO_URL={await Servers.Mongo()}"];

    protected override Task<string[]> ServiceSettings() => Settings();
}

/// <summary>The collection of the suites on real servers, which run one after the other.</summary>
public static class RealServers
{
    public const string Name = "real servers";
}
