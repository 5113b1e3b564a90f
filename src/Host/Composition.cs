using System.Globalization;
using Beat.Messaging.Host.Development;
using Beat.Messaging.Host.Docs;
using Beat.Messaging.Host.Operations;
using Beat.Messaging.Messages.Contracts;
using Beat.Messaging.Shared.Events.Persistence;
using Beat.Messaging.Shared.Hosting.Json;
using Beat.Messaging.Shared.Hosting.Web;
using Beat.Messaging.Shared.Realtime;
using Carter;
using Serilog;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Compact;

namespace Beat.Messaging.Host;

/// <summary>How the service is put together.</summary>
internal static class Composition
{
    private const string MigrateAtStart = "--migrate";

    /// <summary>
    /// Its own files are beside the program, wherever it was started; data and <c>.env</c> are where it was started.
    /// </summary>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        // What the service writes and compares does not depend on the language of the machine.
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
        var options =
            new WebApplicationOptions
            {
                Args = [.. args.Where(arg => arg != MigrateAtStart)],
                ContentRootPath = AppContext.BaseDirectory
            };
        var builder = WebApplication.CreateBuilder(options);
        if (args.Contains(MigrateAtStart))
            builder.Configuration[MigrateAtStart] = "true";
        builder.Configuration.AddEnvFile();
        return builder;
    }

    public static void AddMessaging(this WebApplicationBuilder builder, MessagingSettings settings)
    {
        var services = builder.Services;
        var folder = DataFolder.Open(settings);
        settings.ApplyTo(builder.WebHost);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Body<object>.MaxBytes;
        });
        // Not AddSerilog, which would have it pass over the levels of the settings.
        builder.Logging.ClearProviders().AddProvider(new SerilogLoggerProvider(Logger(builder), dispose: true));

        services.AddSingleton(settings).AddSingleton(folder).AddSingleton(folder.Secret);
        services.AddSingleton(TimeProvider.System);
        var stores = new StoreLocations(settings.Postgres, folder.Path, settings.Mongo);
        services.AddSingleton(new Cursors(folder.Secret.Derive("cursors")));
        services.AddEvents(settings.Kafka, stores);
        services.AddRealtime<MessagingHub>(settings.Redis);
        services.AddIdentity(settings, folder.Secret);
        services.AddProblems();
        services.ConfigureHttpJsonOptions(json => WireJson.Apply(json.SerializerOptions));
        services.AddCarter(configurator: carter => carter.WithEmptyModules().WithEmptyValidators());
        services.AddDocs();
        services.AddHealth(stores, settings.Redis is not null);
        services.AddSingleton<BacklogMonitor>().AddHostedService(provider => provider.GetRequiredService<BacklogMonitor>());
        services.AddDashboard();
        builder.AddMetrics();
        foreach (var module in Modules.All)
            module.Register(services);
    }

    /// <summary>
    /// Brings every store to this version's schema, where that is done at start (in development, on the embedded stores, and with
    /// <c>--migrate</c>), and fills replicas that are empty. Waits for a database that is away.
    /// </summary>
    /// <exception cref="SettingsException">Migrations are pending, and somebody else applies them.</exception>
    public static async Task PrepareStores(this WebApplication app)
    {
        var databases = app.Services.GetServices<IModuleDatabase>().ToList();
        var migratesHere = !app.Environment.IsProduction() || app.Configuration[MigrateAtStart] is not null
            || app.Services.GetRequiredService<StoreLocations>().PostgreSql is null;
        await app.Services.GetRequiredService<StoreStartup>().WaitUntilAvailable(async () =>
        {
            await Task.WhenAll(databases.Select(database => Task.Run(async () =>
            {
                if (migratesHere)
                    await database.Migrate(CancellationToken.None);
                else if ((await database.Migrations(CancellationToken.None)).Any(migration => !migration.IsApplied))
                    throw new SettingsException(
                        [$"The database lacks migrations of {database.Module}. Apply them with the command \"migrate up\", or start with --migrate."]);
            })));
            await app.Services.GetRequiredService<ReplicaSeeder>().Run(CancellationToken.None);
        });
    }

    public static void UseMessaging(this WebApplication app, MessagingSettings settings)
    {
        app.UseMetrics(settings);
        app.UseProblems();
        app.UsePages();
        app.UseVersionedPaths();
        app.UseHeadAsGet();
        app.UseRouting();
        app.UseIdentity(settings);
        app.RejectNulCharacters();
        app.MapGroup("/api").MapCarter();
        app.MapGroupFeed<MessagingHub>("/hubs/messaging", MessageScopes.View);
        app.MapGroupFeed<MessagingHub>("/socket", MessageScopes.View);
        app.MapHealth();
        app.MapDashboard();
        app.MapDocs();
        if (app.Services.GetService<DevelopmentIssuer>() is not null)
            app.MapDevTokens();
        app.Lifetime.ApplicationStarted.Register(() => StartupMessage.Log(app));
    }

    /// <summary>
    /// The platform's gateway passes only <c>/api/v1</c>; it is the same as <c>/api</c>, which the docs show.
    /// </summary>
    private static void UseVersionedPaths(this WebApplication app) => app.Use((context, next) =>
    {
        if (context.Request.Path.StartsWithSegments("/api/v1", out var rest))
            context.Request.Path = new PathString("/api").Add(rest);
        return next(context);
    });

    /// <summary>HEAD is GET up to the body, which the server then leaves out, whoever writes it.</summary>
    private static void UseHeadAsGet(this WebApplication app) => app.Use(async (context, next) =>
    {
        if (HttpMethods.IsHead(context.Request.Method))
            context.Request.Method = HttpMethods.Get;
        await next(context);
        var allowed = context.Response.Headers.Allow;
        if (context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed
            && allowed.ToString().Contains(HttpMethods.Get, StringComparison.Ordinal))
            context.Response.Headers.Allow = $"{allowed}, {HttpMethods.Head}";
    });

    /// <summary>No text that is stored has a NUL, and PostgreSQL fails on being asked for one.</summary>
    private static void RejectNulCharacters(this WebApplication app) => app.Use((context, next) =>
        context.Request.QueryString.Value is { } query && query.Contains("%00", StringComparison.Ordinal)
            && context.Request.Query.FirstOrDefault(
                pair => pair.Value.Any(value => value?.Contains('\0') == true)) is { Key: { } name }
            ? context.Write(Problems.Validation(name, "must not contain a NUL character"))
            : next(context));

    private static Serilog.Core.Logger Logger(WebApplicationBuilder builder)
    {
        var logger = new LoggerConfiguration().MinimumLevel.Verbose().Enrich.FromLogContext();
        return builder.Environment.IsDevelopment()
            ? logger.WriteTo.Console(
                outputTemplate: "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}",
                formatProvider: CultureInfo.InvariantCulture).CreateLogger()
            : logger.WriteTo.Console(new RenderedCompactJsonFormatter()).CreateLogger();
    }
}
