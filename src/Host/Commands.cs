using Beat.Messaging.Messages.Contracts;
using Beat.Messaging.Shared.Infrastructure.Events;
using Beat.Messaging.Shared.Infrastructure.Kafka;
using Beat.Messaging.Shared.Infrastructure.Settings;

namespace Beat.Messaging.Host;

/// <summary>What the executable does beside serving: <c>dotnet run --project src/Host -- COMMAND</c>.</summary>
internal static class Commands
{
    private const string Usage =
        """
        broker          run the embedded Kafka broker as a process of its own
        epoch renew     tell clients to drop their history, after a backup was restored
        events replay   give parked events another round of attempts
        migrate [up]    bring the databases of all modules to this version's schema
        migrate down MODULE
                        take the newest migration of a module back, with what its tables hold
        migrate status  show which migrations are applied
        migrate reset   delete everything and start anew, empty; not in Production

        --migrate       serve, after a "migrate up"
        """;

    /// <returns>Whether the arguments were a command, and were carried out.</returns>
    /// <exception cref="SettingsException">It is not one.</exception>
    public static async Task<bool> Run(string[] args, MessagingSettings settings)
    {
        switch (args)
        {
            case [] or [['-', ..], ..]:
                return false;
            case ["broker", ..]:
                using (var stop = new StopSignals())
                    await EmbeddedBroker.Run(settings.Kafka, Topics(), stop.Token);
                return true;
            case ["epoch", "renew", ..]:
                await WithServices(args, settings, async services =>
                    Console.WriteLine($"The epoch is {await services.GetRequiredService<IMessageArchive>().Renew()} now."));
                return true;
            case ["events", "replay", ..]:
                await WithServices(args, settings, async services =>
                {
                    var replayed = 0;
                    foreach (var parked in services.GetServices<IParkedEvents>())
                        replayed += await parked.Replay(CancellationToken.None);
                    Console.WriteLine($"{replayed} parked deliveries get another round when the service runs.");
                });
                return true;
            case ["migrate", .. var words]:
                await MigrateCommand.Run([.. words.TakeWhile(word => !word.StartsWith('-'))], args, settings);
                return true;
            default:
                throw new SettingsException([$"There is no command \"{string.Join(' ', args)}\". There are:{Environment.NewLine}{Usage}"]);
        }
    }

    /// <param name="prepare">Whether the stores are made ready first.</param>
    internal static async Task WithServices(string[] args, MessagingSettings settings, Func<IServiceProvider, Task> work, bool prepare = true)
    {
        var builder = Composition.CreateBuilder(args);
        builder.AddMessaging(settings);
        await using var app = builder.Build();
        if (prepare)
            await app.PrepareStores();
        await work(app.Services);
    }

    private static IReadOnlyCollection<string> Topics()
    {
        var services = new ServiceCollection();
        foreach (var module in Modules.All)
            module.Register(services);
        return KafkaConnection.Names(services.Select(s => s.ImplementationInstance).OfType<KafkaTopic>().Select(topic => topic.Topic));
    }

    /// <summary>Ctrl-C and SIGTERM.</summary>
    private sealed class StopSignals : IDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly System.Runtime.InteropServices.PosixSignalRegistration[] registrations;

        public StopSignals() => registrations =
        [
            .. new[] { System.Runtime.InteropServices.PosixSignal.SIGINT, System.Runtime.InteropServices.PosixSignal.SIGTERM }
                .Select(signal => System.Runtime.InteropServices.PosixSignalRegistration.Create(signal, context =>
                {
                    context.Cancel = true;
                    stop.Cancel();
                })),
        ];

        public CancellationToken Token => stop.Token;

        public void Dispose()
        {
            foreach (var registration in registrations)
                registration.Dispose();
            stop.Dispose();
        }
    }
}
