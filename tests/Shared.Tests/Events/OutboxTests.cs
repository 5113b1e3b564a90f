using Beat.Messaging.Shared.Events;
using Beat.Messaging.Shared.Events.Kafka;
using Beat.Messaging.Shared.Events.Modules;
using Beat.Messaging.Shared.Events.Persistence;
using Beat.Messaging.Shared.Hosting.Settings;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Beat.Messaging.Shared.Tests.Events;

/// <summary>The outbox, the bus and the relay on a real SQLite file, with a subscriber that can be made to fail.</summary>
[Collection(nameof(SequentialCollection))]
public sealed class OutboxTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("beat-").FullName;
    private readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow);
    private readonly ServiceProvider services;
    private readonly Subscriber subscriber = new();
    private readonly Other other = new();

    public OutboxTests()
    {
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddSingleton<TimeProvider>(time).AddSingleton(new StoreLocations(null, folder));
        collection.AddSingleton<EventRegistry>().AddSingleton<Outbox>().AddSingleton<EventBus>().AddSingleton<RelaySignal>()
            .AddSingleton<RelayLeases>()
            .AddSingleton<EventRelay>().AddSingleton<EventBacklog>();
        collection.AddKafka(new KafkaSettings(null, KafkaSettings.DefaultPort, PortWasAskedFor: false, Partitions: 1));
        collection.AddSingleton(subscriber).AddSingleton(other);
        collection.AddModule("test")
            .Store<TestContext, SqliteTestContext>()
            .Publishes<Happened>("happened", "test_events", e => e.Id)
            .Subscribes<Happened, Subscriber>()
            .Subscribes<Happened, Other>();
        services = collection.BuildServiceProvider();
    }

    private ModuleStore<TestContext> Store => services.GetRequiredService<ModuleStore<TestContext>>();

    private EventRelay Relay => services.GetRequiredService<EventRelay>();

    private EventBacklog Backlog => services.GetRequiredService<EventBacklog>();

    public async Task InitializeAsync()
    {
        await using (var db = Store.Open())
            await db.Database.EnsureCreatedAsync();
        await ((IHostedService)Relay).StartAsync(default);
    }

    public async Task DisposeAsync()
    {
        await ((IHostedService)Relay).StopAsync(default);
        await services.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task What_was_committed_is_delivered_before_the_change_returns()
    {
        await Raise("one");
        Assert.Equal(["one"], subscriber.Had);
        Assert.Equal(["one"], other.Had);
        Assert.Equal(0, await Owed());
    }

    [Fact]
    public async Task A_problem_takes_the_events_back_with_the_change()
    {
        var refused = await Store.Write<bool>(db =>
        {
            db.Raise(new Happened(Guid.NewGuid(), "never"), "a", 1);
            return Task.FromResult<Result<bool>>(Problems.StaleRevision);
        }, default);
        Assert.True(refused.IsProblem);
        Assert.Empty(subscriber.Had);
        Assert.Equal(0, await Owed());
        await Assert.ThrowsAsync<InvalidOperationException>(() => Store.Write<bool>(db =>
        {
            db.Raise(new Happened(Guid.NewGuid(), "nor this"), "a", 1);
            throw new InvalidOperationException("The change fails.");
        }, default));
        // The next change may get the same context, with nothing of theirs.
        await Raise("one");
        Assert.Equal(["one"], subscriber.Had);
    }

    [Fact]
    public async Task One_that_fails_gets_it_again_and_delays_nobody()
    {
        subscriber.Failure = new InvalidOperationException("not yet");
        await Raise("one");
        Assert.Equal(["one"], other.Had);
        Assert.Equal(1, await Owed());
        subscriber.Failure = null;
        await Advance(() => subscriber.Had.Contains("one"));
        await Advance(async () => await Owed() == 0);
        Assert.Equal(["one"], other.Had);
    }

    [Fact]
    public async Task After_ten_failures_it_is_parked_and_can_be_replayed()
    {
        subscriber.Failure = new InvalidOperationException("never");
        await Raise("poison");
        await Advance(async () => await Backlog.CountParked(default) == 1);
        Assert.InRange(subscriber.Tries, EventRelay.MaxAttempts, EventRelay.MaxAttempts + 1);
        subscriber.Failure = null;
        await Raise("next");
        Assert.Equal(["next"], subscriber.Had);

        Assert.Equal(1, await Backlog.Replay(default));
        await Advance(() => subscriber.Had.Contains("poison"));
        Assert.Equal(0, await Backlog.CountParked(default));
    }

    [Fact]
    public async Task Nobody_waits_longer_than_a_second_for_a_subscriber_and_it_goes_on()
    {
        var held = new TaskCompletionSource();
        subscriber.Held = held.Task;
        var asked = System.Diagnostics.Stopwatch.StartNew();
        await Raise("slow");
        Assert.InRange(asked.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(10));
        Assert.Empty(subscriber.Had);
        held.SetResult();
        await Advance(() => subscriber.Had.Contains("slow"));
    }

    [Fact]
    public async Task While_a_store_is_away_nothing_counts_as_a_failure()
    {
        subscriber.Failure = new StoreUnavailableException("away");
        await Raise("patient");
        await Advance(() => subscriber.Tries > EventRelay.MaxAttempts + 5);
        Assert.Equal(0, await Backlog.CountParked(default));
        subscriber.Failure = null;
        await Advance(() => subscriber.Had.Contains("patient"));
    }

    private async Task Raise(string what) => await Store.Write<bool>(db =>
    {
        db.Raise(new Happened(Guid.NewGuid(), what), what, 1);
        return Task.FromResult<Result<bool>>(true);
    }, default);

    private async Task<int> Owed()
    {
        await using var db = Store.Open();
        return await db.Deliveries.CountAsync(delivery => delivery.Subscriber != EventRelay.Mirror);
    }

    private Task Advance(Func<bool> condition) => Advance(() => Task.FromResult(condition()));

    /// <summary>Lets time pass, second by second, until the condition holds.</summary>
    private async Task Advance(Func<Task<bool>> condition)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(30);
        while (!await condition())
        {
            Assert.True(DateTimeOffset.UtcNow < deadline, "It did not happen in 30 s.");
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }

    internal sealed record Happened(Guid Id, string What) : IIntegrationEvent;

    internal class Subscriber : IEventHandler<Happened>
    {
        public Exception? Failure { get; set; }

        public Task Held { get; set; } = Task.CompletedTask;

        public int Tries { get; private set; }

        public List<string> Had { get; } = [];

        public async Task Handle(Envelope<Happened> envelope, CancellationToken ct)
        {
            Tries++;
            await Held;
            if (Failure is not null)
                throw Failure;
            Had.Add(envelope.Payload.What);
        }
    }

    internal sealed class Other : Subscriber;

    internal class TestContext(DbContextOptions options) : ModuleContext(options, "test");

    internal sealed class SqliteTestContext(DbContextOptions<SqliteTestContext> options) : TestContext(options), ISqliteContext;
}
