using Beat.Messaging.Host.Operations;
using Confluent.Kafka;

namespace Beat.Messaging.Host;

/// <summary>What the executable does beside serving: <c>dotnet run --project src/Host -- COMMAND</c>.</summary>
internal static class Commands
{
    private static readonly (string Words, string Help)[] Own =
    [
        ("broker", "run the embedded Kafka broker as a process of its own"),
        ("dlq list [TOPIC]", "show the Kafka records that could not be handled"),
        ("dlq replay [TOPIC]", "write them to their topic again, for the running service"),
        ("events replay", "give parked events another round of attempts"),
        ("health", "ask the service on this machine whether it is ready; exit code 0 if it is"),
        ("migrate [up]", "bring the databases of all modules to this version's schema"),
        ("migrate down MODULE", "take the newest migration of a module back, with what its tables hold"),
        ("migrate status", "show which migrations are applied"),
        ("migrate reset", "delete everything and start anew, empty; not in Production"),
    ];

    private static string Usage => string.Join(Environment.NewLine,
    [
        .. Own.Concat(Registered<OperatorCommand>().Select(command => (command.Words, command.Help)))
            .OrderBy(command => command.Words.Split(' ')[0], StringComparer.Ordinal)
            .Select(command => $"{command.Words,-20} {command.Help}"),
        "",
        $"{"--migrate",-20} serve, after a \"migrate up\"",
    ]);

    /// <summary>
    /// Runs the service or a command and answers its exit code: 1 with what is wrong on stderr when it cannot be done.
    /// </summary>
    public static async Task<int> ExitCode(Func<Task> run)
    {
        try
        {
            await run();
            return 0;
        }
        catch (Exception wrong) when (wrong is SettingsException or CommandException)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return 1;
        }
    }

    /// <returns>Whether the arguments were a command, and were carried out.</returns>
    /// <exception cref="CommandException">It is not one, or it cannot be done.</exception>
    public static async Task<bool> Run(string[] args, MessagingSettings settings)
    {
        switch (args)
        {
            case [] or [['-', ..], ..]:
                return false;
            case ["broker", ..]:
                using (var stop = new StopSignals())
                {
                    var topics = KafkaConnection.Names(Registered<EventRegistration>(), Registered<KafkaTopic>());
                    await EmbeddedBroker.Run(settings.Kafka, topics, stop.Token);
                }
                return true;
            case ["dlq", "list" or "replay", ..]:
                DeadLetterCommand(args[1], [.. args[2..].TakeWhile(word => !word.StartsWith('-'))], settings);
                return true;
            case ["events", "replay", ..]:
                await WithServices(args, settings, async services =>
                    Console.WriteLine(
                        $"{await services.GetRequiredService<EventBacklog>().Replay(CancellationToken.None)} parked deliveries get another round when the service runs."));
                return true;
            case ["health", ..]:
                await HealthCommand.Run(settings);
                return true;
            case ["migrate", .. var words]:
                await MigrateCommand.Run([.. words.TakeWhile(word => !word.StartsWith('-'))], args, settings);
                return true;
            default:
                if (Registered<OperatorCommand>().FirstOrDefault(command => IsMeant(command, args)) is { } ofModule)
                {
                    await WithServices(args, settings, ofModule.Run);
                    return true;
                }
                throw new CommandException(
                    $"There is no command \"{string.Join(' ', args)}\". There are:{Environment.NewLine}{Usage}");
        }
    }

    /// <param name="prepare">Whether the stores are made ready first.</param>
    internal static async Task WithServices(
        string[] args, MessagingSettings settings, Func<IServiceProvider, Task> work, bool prepare = true)
    {
        var builder = Composition.CreateBuilder(args);
        builder.AddMessaging(settings);
        await using var app = builder.Build();
        if (prepare)
            await app.PrepareStores();
        await work(app.Services);
    }

    private static void DeadLetterCommand(string what, string[] named, MessagingSettings settings)
    {
        if (settings.Kafka.Brokers is null)
            throw new CommandException(
                $"Set KAFKA_BROKERS; the embedded broker of a running service is at 127.0.0.1:{settings.Kafka.Port}.");
        var topics = TopicsRead().Distinct().ToList();
        if (named.Except(topics).FirstOrDefault() is { } unknown)
            throw new CommandException($"The service does not read \"{unknown}\". It reads: {string.Join(", ", topics)}.");
        using var letters = new DeadLetterReplay(settings.Kafka.Brokers);
        try
        {
            var lines = what == "list"
                ? letters.List(named.Length > 0 ? named : topics)
                : letters.Replay(named.Length > 0 ? named : topics);
            foreach (var line in lines)
                Console.WriteLine(line);
            Console.WriteLine(
                what == "list"
                    ? $"{lines.Count} dead letters."
                    : $"{lines.Count} dead letters were written to their topics again.");
        }
        catch (KafkaException away)
        {
            throw new CommandException($"Kafka at {settings.Kafka.Brokers} does not answer: {away.Error.Reason}");
        }
    }

    private static bool IsMeant(OperatorCommand command, string[] args)
    {
        var words = command.Words.Split(' ');
        return words.SequenceEqual(args.Take(words.Length));
    }

    private static IEnumerable<string> TopicsRead() => Registered<KafkaTopic>().Select(topic => topic.Topic);

    /// <summary>What the modules name in their tables of contents.</summary>
    private static IEnumerable<T> Registered<T>()
    {
        var services = new ServiceCollection();
        foreach (var module in Modules.All)
            module.Register(services);
        return services.Select(service => service.ImplementationInstance).OfType<T>();
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
