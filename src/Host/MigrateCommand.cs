using Beat.Messaging.Shared.Events.Persistence;

namespace Beat.Messaging.Host;

/// <summary><c>migrate up | down MODULE | status | reset</c>: the schemas of the modules' tables.</summary>
internal static class MigrateCommand
{
    /// <exception cref="CommandException">The words are no such command, or it is not allowed here.</exception>
    public static Task Run(string[] words, string[] args, MessagingSettings settings) =>
        Commands.WithServices(args, settings, async services =>
    {
        var databases = services.GetServices<IModuleDatabase>().ToList();
        await (words switch
        {
            [] or ["up"] => Up(databases),
            ["down", var module] => Down(databases.Find(database => database.Module == module)
                ?? throw new CommandException(
                    $"There is no module \"{module}\". There are: {string.Join(", ", databases.Select(d => d.Module))}.")),
            ["down"] => throw new CommandException(
                $"Name a module to take back a migration of: {string.Join(", ", databases.Select(d => d.Module))}."),
            ["status"] => Status(databases),
            ["reset"] when services.GetRequiredService<IHostEnvironment>().IsProduction() =>
                throw new CommandException("migrate reset deletes everything, and is not for Production."),
            ["reset"] => Reset(databases, services),
            _ => throw new CommandException(
                $"There is no command \"migrate {string.Join(' ', words)}\": migrate up, down MODULE, status or reset."),
        });
    }, prepare: false);

    private static async Task Up(List<IModuleDatabase> databases)
    {
        foreach (var database in databases)
        {
            var pending = (await database.Migrations(CancellationToken.None)).Where(migration => !migration.IsApplied)
                .Select(migration => migration.Name).ToList();
            await database.Migrate(CancellationToken.None);
            Console.WriteLine(
                pending.Count == 0
                    ? $"{database.Module}: up to date"
                    : $"{database.Module}: applied {string.Join(", ", pending)}");
        }
    }

    private static async Task Down(IModuleDatabase database) =>
        Console.WriteLine(await database.Revert(CancellationToken.None) is { } reverted
            ? $"{database.Module}: took back {reverted}"
            : $"{database.Module}: there is nothing to take back");

    private static async Task Status(List<IModuleDatabase> databases)
    {
        foreach (var database in databases)
        {
            foreach (var (name, isApplied) in await database.Migrations(CancellationToken.None))
                Console.WriteLine($"{database.Module,-14} {(isApplied ? "applied" : "pending")}  {name}");
        }
    }

    private static async Task Reset(List<IModuleDatabase> databases, IServiceProvider services)
    {
        foreach (var database in databases)
            await database.Reset(CancellationToken.None);
        foreach (var store in services.GetServices<StoreReset>())
            await store.Run();
        Console.WriteLine("Everything is deleted; the schemas are new.");
    }
}
