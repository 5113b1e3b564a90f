using System.Linq.Expressions;
using Beat.Messaging.Shared.Events.Persistence;
using Beat.Messaging.Shared.Hosting.Operations;
using Beat.Messaging.Shared.Hosting.Settings;
using Beat.Messaging.Shared.Hosting.Web;
using Carter;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Beat.Messaging.Shared.Events.Modules;

/// <summary>What a module's table of contents is written with.</summary>
public static class ModuleRegistration
{
    /// <param name="name">Lower case; see <see cref="IModule.Name"/>.</param>
    public static ModuleBuilder AddModule(this IServiceCollection services, string name) => new(services, name);
}

/// <inheritdoc cref="ModuleRegistration"/>
public sealed class ModuleBuilder(IServiceCollection services, string name)
{
    /// <summary>For what is the module's own affair.</summary>
    public IServiceCollection Services => services;

    /// <summary>The module's tables, in both providers that it has migrations for.</summary>
    /// <typeparam name="TContext">The context, as PostgreSQL uses it.</typeparam>
    /// <typeparam name="TSqlite">The same for SQLite.</typeparam>
    public ModuleBuilder Store<TContext, TSqlite>()
        where TContext : ModuleContext
        where TSqlite : TContext, ISqliteContext
    {
        var history = $"__migrations_{name}";
        services.TryAddSingleton(provider => provider.GetRequiredService<StoreLocations>().Connect());
        services.AddPooledDbContextFactory<TContext>((provider, options) => Common(options).UseNpgsql(
            provider.GetRequiredService<NpgsqlDataSource>(),
            npgsql => npgsql.MigrationsHistoryTable(history, name).CommandTimeout(2))
                .AddInterceptors(new RowLocks.Interceptor()));
        services.AddPooledDbContextFactory<TSqlite>((provider, options) => Common(options).UseSqlite(
            provider.GetRequiredService<StoreLocations>().Sqlite(name),
            sqlite => sqlite.MigrationsHistoryTable(history)).AddInterceptors(new SqlitePragmas()));
        services.AddSingleton<IModuleDatabase<TContext>>(
            provider => provider.GetRequiredService<StoreLocations>().PostgreSql is null
            ? new ModuleDatabase<TContext, TSqlite>(name, provider.GetRequiredService<IDbContextFactory<TSqlite>>())
            : new ModuleDatabase<TContext, TContext>(name, provider.GetRequiredService<IDbContextFactory<TContext>>()));
        services.AddSingleton<IModuleDatabase>(provider => provider.GetRequiredService<IModuleDatabase<TContext>>());
        services.AddSingleton<IEventSource>(provider => new OutboxSource(
            provider.GetRequiredService<IModuleDatabase<TContext>>(), provider.GetRequiredService<EventRegistry>()));
        services.AddSingleton<ModuleStore<TContext>>();
        return this;

        static DbContextOptionsBuilder Common(DbContextOptionsBuilder options) => options
            .UseSnakeCaseNamingConvention()
            .ConfigureWarnings(warnings => warnings.Ignore(CoreEventId.RowLimitingOperationWithoutOrderByWarning));
    }

    /// <summary>A use case: its routes, and the handler that they share with the hub and Kafka.</summary>
    public ModuleBuilder Slice<TEndpoint, THandler>()
        where TEndpoint : class, ICarterModule
        where THandler : class
    {
        services.TryAddSingleton<THandler>();
        return SliceOf<THandler, TEndpoint>();
    }

    /// <summary>Routes whose handler is that of another use case, or the module's own.</summary>
    public ModuleBuilder SliceOf<THandler, TEndpoint>()
        where THandler : class
        where TEndpoint : class, ICarterModule
    {
        services.AddSingleton<ICarterModule, TEndpoint>();
        return this;
    }

    /// <summary>A section of the settings; handlers get it as it was read. See <see cref="SettingsRegistration"/>.</summary>
    public ModuleBuilder Settings<TSettings>(Func<SettingsReader, TSettings> read)
        where TSettings : class
    {
        services.AddSettings(read);
        return this;
    }

    /// <summary>What the documentation says of a parameter of routes, wherever it stands.</summary>
    public ModuleBuilder Describes(string parameter, string description)
    {
        services.AddSingleton(new ParameterDescription(parameter, description));
        return this;
    }

    /// <summary>A field that bodies may have to say again what a parameter of the address says.</summary>
    public ModuleBuilder AllowsInBodies(string field, string parameter)
    {
        services.AddSingleton(new RepeatedParameter(field, parameter));
        return this;
    }

    /// <summary>A command of the executable; see <see cref="OperatorCommand"/>.</summary>
    public ModuleBuilder Command(string words, string help, Func<IServiceProvider, Task> run)
    {
        services.AddSingleton(new OperatorCommand(words, help, run));
        return this;
    }

    /// <summary>A store that the module has beside its tables: what operators do with it.</summary>
    /// <param name="name">What health calls it, by where it is.</param>
    /// <param name="ping">Completes when it answers.</param>
    /// <param name="reset">Empties it.</param>
    public ModuleBuilder OtherStore<TStore>(Func<StoreLocations, string> name, Func<TStore, Task> ping, Func<TStore, Task> reset)
        where TStore : class
    {
        services.AddOptions<HealthCheckServiceOptions>()
            .Configure<StoreLocations>((health, locations) => health.Registrations.Add(
            DependencyCheck.Of(
                name(locations), (provider, _) => ping(provider.GetRequiredService<TStore>()), DependencyCheck.Store)));
        services.AddSingleton(provider => new StoreReset(() => reset(provider.GetRequiredService<TStore>())));
        return this;
    }

    /// <summary>What ranks allow in this module.</summary>
    public ModuleBuilder Allows(IEnumerable<Capability> capabilities)
    {
        foreach (var capability in capabilities)
            services.AddSingleton(capability);
        return this;
    }

    /// <summary>An event that the module tells its siblings, and Kafka.</summary>
    /// <param name="wireName"><c>event_type</c>, by contract.</param>
    /// <param name="topic">Of Kafka; those of a module are in its contracts.</param>
    /// <param name="key">Whose records stay in order.</param>
    public ModuleBuilder Publishes<TEvent>(string wireName, string topic, Func<TEvent, Guid> key)
        where TEvent : IIntegrationEvent
    {
        services.AddSingleton(
            new EventRegistration(name, typeof(TEvent), wireName, topic, happened => key((TEvent)happened).ToString())
            {
                ToEnvelope = pending => new Envelope<TEvent>(
                    pending.EventId, pending.AggregateId, pending.AggregateVersion, pending.OccurredAt,
                    EventEnvelope.TraceIdOf(pending.TraceParent), (TEvent)pending.Read()),
            });
        return this;
    }

    /// <summary>A reaction that is owed until it is made.</summary>
    /// <param name="handler">The handler's name in deliveries that are stored already, where its class has another one by
    /// now.</param>
    public ModuleBuilder Subscribes<TEvent, THandler>(string? handler = null)
        where TEvent : IIntegrationEvent
        where THandler : class, IEventHandler<TEvent> => Subscribe<TEvent, THandler>(One<TEvent, THandler>, handler: handler);

    /// <summary>Same, for many at once.</summary>
    public ModuleBuilder SubscribesInBatches<TEvent, THandler>()
        where TEvent : IIntegrationEvent
        where THandler : class, IBatchEventHandler<TEvent> => Subscribe<TEvent, THandler>(
            (provider, envelopes, ct) => provider.GetRequiredService<THandler>()
                .Handle([.. envelopes.Cast<Envelope<TEvent>>()], ct),
            takesBatches: true);

    /// <summary>A push to connections, made once after the commit; clients repair what they missed.</summary>
    public ModuleBuilder Pushes<TEvent, THandler>()
        where TEvent : IIntegrationEvent
        where THandler : class, IEventHandler<TEvent> => Subscribe<TEvent, THandler>(One<TEvent, THandler>, isPush: true);

    /// <summary>
    /// A push that the module sends to clients. One that is not declared here, no client and no document knows of.
    /// </summary>
    /// <param name="pushName">What clients listen to, by contract.</param>
    public ModuleBuilder Sends<TPayload>(string pushName)
    {
        services.AddSingleton(new PushRegistration(name, pushName, typeof(TPayload)));
        return this;
    }

    /// <summary>What refills siblings' empty replicas.</summary>
    public ModuleBuilder TellsSnapshot<TSource>()
        where TSource : class, ISnapshotSource
    {
        services.AddSingleton<ISnapshotSource, TSource>();
        return this;
    }

    /// <summary>What the module holds of a person.</summary>
    public ModuleBuilder Exports<TSource>()
        where TSource : class, IExportSource
    {
        services.AddSingleton<IExportSource, TSource>();
        return this;
    }

    /// <summary>
    /// A replica of siblings' state, kept by <typeparamref name="THandler"/> for every event that it subscribes to. When the
    /// table is empty at start, it is refilled from the siblings' snapshots.
    /// </summary>
    public ModuleBuilder Replica<TContext, TRow, THandler>()
        where TContext : ModuleContext
        where TRow : class
        where THandler : class
    {
        services.AddSingleton(provider => new Replica(
            $"{name}.{typeof(THandler).Name}",
            async ct => await provider.GetRequiredService<ModuleStore<TContext>>().Read(
                async db => !await db.Set<TRow>().AnyAsync(ct))));
        return this;
    }

    /// <summary>
    /// Same, where the copy is in some columns of rows that are the module's own: it is refilled while a row lacks it.
    /// </summary>
    public ModuleBuilder Replica<TContext, TRow, THandler>(Expression<Func<TRow, bool>> lacks)
        where TContext : ModuleContext
        where TRow : class
        where THandler : class
    {
        services.AddSingleton(provider => new Replica(
            $"{name}.{typeof(THandler).Name}",
            async ct => await provider.GetRequiredService<ModuleStore<TContext>>()
                .Read(async db => await db.Set<TRow>().AnyAsync(lacks, ct))));
        return this;
    }

    private static async Task One<TEvent, THandler>(
        IServiceProvider provider, IReadOnlyList<object> envelopes, CancellationToken ct)
        where TEvent : IIntegrationEvent
        where THandler : class, IEventHandler<TEvent>
    {
        var handler = provider.GetRequiredService<THandler>();
        foreach (var envelope in envelopes)
            await handler.Handle((Envelope<TEvent>)envelope, ct);
    }

    private ModuleBuilder Subscribe<TEvent, THandler>(
        Func<IServiceProvider, IReadOnlyList<object>, CancellationToken, Task> handle, bool isPush = false,
        bool takesBatches = false, string? handler = null)
        where THandler : class
    {
        if (!services.Any(service => service.ServiceType == typeof(THandler)))
            services.AddSingleton<THandler>();
        services.AddSingleton(
            new EventSubscription($"{name}.{handler ?? typeof(THandler).Name}", typeof(TEvent), typeof(THandler), isPush)
            {
                TakesBatches = takesBatches,
                Handle = handle,
            });
        return this;
    }
}
