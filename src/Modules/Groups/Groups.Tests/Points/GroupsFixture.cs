using Beat.Messaging.Groups.Data;
using Beat.Messaging.Groups.Points;
using Beat.Messaging.Shared.Events;
using Beat.Messaging.Shared.Events.Persistence;
using Beat.Messaging.Shared.Hosting.Settings;
using Beat.Messaging.Shared.Hosting.Web;
using Beat.Messaging.Shared.Realtime;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Beat.Messaging.Groups.Tests.Points;

/// <summary>
/// The module over a store of its own, without doors, relay or siblings: its handlers are given events as the bus gives them.
/// </summary>
internal sealed class GroupsFixture : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private readonly string folder;

    private GroupsFixture(ServiceProvider services, string folder) => (this.services, this.folder) = (services, folder);

    public PointLedger Ledger => services.GetRequiredService<PointLedger>();

    public IModuleDatabase Database => services.GetRequiredService<IModuleDatabase<GroupsContext>>();

    public ModuleStore<GroupsContext> Store => services.GetRequiredService<ModuleStore<GroupsContext>>();

    /// <param name="database">PostgreSQL's URL; SQLite unless told.</param>
    public static async Task<GroupsFixture> Open(string? database, params (string Name, string Value)[] settings)
    {
        var folder = Scratch.Folder();
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { EnvironmentName = "Development" });
        builder.Configuration.AddInMemoryCollection(
            settings.Append(("DATABASE_URL", database ?? "")).ToDictionary(s => s.Item1, s => (string?)s.Item2));
        var read = MessagingSettings.Load(builder.Configuration, builder.Environment);
        builder.Services.AddSingleton(read).AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new StoreLocations(read.Postgres, folder)).AddSingleton(new Cursors(new byte[32]));
        builder.Services.AddSingleton<EventRegistry>().AddSingleton<Outbox>().AddSingleton<EventBus>()
            .AddSingleton<RelaySignal>();
        builder.Services.AddRealtime<NoHub>();
        new GroupsModule().Register(builder.Services);
        var services = builder.Services.BuildServiceProvider();
        await services.GetRequiredService<IModuleDatabase<GroupsContext>>().Migrate(default);
        return new GroupsFixture(services, folder);
    }

    /// <summary>Groups as they are before anybody earned anything.</summary>
    public async Task<IReadOnlyList<Guid>> CreateGroups(int count)
    {
        var now = DateTimeOffset.UnixEpoch;
        var ids = Enumerable.Range(0, count).Select(_ => Guid.NewGuid()).ToList();
        await using var db = Store.Open();
        foreach (var id in ids)
        {
            var group = new Group
            {
                Id = id,
                CreatorId = id,
                OwnerId = id,
                Description = "",
                IsPublic = false,
                InsertedAt = now,
                UpdatedAt = now,
                LastActivityAt = now,
            };
            group.Rename("Winter coats");
            db.Add(group);
        }
        await db.SaveChangesAsync();
        return ids;
    }

    /// <summary>
    /// Hands events of one type to every subscriber of theirs, again while the store is late, as the relay does.
    /// </summary>
    public async Task Deliver(params IReadOnlyList<(IIntegrationEvent Happened, DateTimeOffset At)> events)
    {
        if (events.Count == 0)
            return;
        var envelopes = events.Select(e => Envelope((dynamic)e.Happened, e.At)).Cast<object>().ToList();
        foreach (var subscriber in services.GetRequiredService<EventRegistry>().Subscribers(events[0].Happened.GetType())
            .Where(s => !s.IsPush))
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    await subscriber.Handle(services, envelopes, default);
                    break;
                }
                catch (StoreUnavailableException) when (attempt < 10)
                {
                    await Task.Delay(100);
                }
            }
        }
    }

    public Task Deliver(IIntegrationEvent happened, DateTimeOffset at) => Deliver((happened, at));

    public Task<List<PointEntry>> Rows(Guid groupId) =>
        Store.Read(db => db.Points.AsNoTracking().Where(e => e.GroupId == groupId).ToListAsync());

    public Task<Group> Group(Guid groupId) => Store.Read(db => db.Groups.AsNoTracking().SingleAsync(g => g.Id == groupId));

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    private static Envelope<TEvent> Envelope<TEvent>(TEvent happened, DateTimeOffset at)
        where TEvent : IIntegrationEvent => new(Guid.CreateVersion7(), "", 1, at, null, happened);

    private sealed class NoHub : Hub;
}
