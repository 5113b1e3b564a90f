using System.Reflection;
using System.Runtime.CompilerServices;
using Beat.Messaging.Shared.Events;
using Beat.Messaging.Shared.Events.Persistence;
using Microsoft.Extensions.DependencyInjection;

namespace Beat.Messaging.Architecture.Tests;

/// <summary>What the rules are about: the sources, the assemblies, and what the modules register.</summary>
internal static partial class Solution
{
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>
    /// Names of the folders of <c>src/Modules</c>, e.g. <c>Groups</c>. A new module is under every rule by being there.
    /// </summary>
    public static TheoryData<string> Modules => [.. ModuleFolders];

    public static IReadOnlyList<string> ModuleFolders { get; } =
        [.. Directory.GetDirectories(Path.Combine(Root, "src/Modules")).Select(folder => Path.GetFileName(folder)).Order()];

    public static IReadOnlyList<Assembly> Shared { get; } =
        [.. Directory.GetDirectories(Path.Combine(Root, "src/Shared")).Select(folder => Load(Path.GetFileName(folder)))];

    public static Assembly Module(string name) => Load(name);

    public static Assembly Contracts(string name) => Load($"{name}.Contracts");

    /// <summary>The values of the constants in contracts' classes whose names end so, e.g. <c>Scopes</c>.</summary>
    public static IReadOnlySet<string?> ConstantsOf(string suffix) =>
        ModuleFolders.SelectMany(module => Contracts(module).Written())
        .Where(type => type.Name.EndsWith(suffix, StringComparison.Ordinal))
        .SelectMany(type => type.GetFields()).Select(field => (string?)field.GetRawConstantValue()).ToHashSet();

    /// <summary>
    /// Folders of a module's projects: its own, its contracts, and what it hands siblings for following it, if it does.
    /// </summary>
    public static IReadOnlyList<string> Projects(string module) =>
    [
        .. Directory.GetDirectories(Path.Combine(Root, "src/Modules", module))
            .Where(folder => !folder.EndsWith(".Tests", StringComparison.Ordinal)).Order(),
    ];

    public static IEnumerable<Assembly> Assemblies(string module) =>
        Projects(module).Select(folder => Load(Path.GetFileName(folder)));

    public static IModule Registered(string module) =>
        Host.Modules.All.Single(registered => registered.GetType().Assembly == Module(module));

    /// <summary>Types that somebody wrote, without what the compiler makes of lambdas, iterators and the like.</summary>
    public static IEnumerable<Type> Written(this Assembly assembly) => assembly.GetTypes().Where(type =>
        !type.Name.Contains('<', StringComparison.Ordinal)
        && type.Namespace?.StartsWith("Beat.", StringComparison.Ordinal) == true
        && !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false));

    public static IReadOnlyList<EventRegistration> Events { get; } = Registered<EventRegistration>();

    public static IReadOnlyList<PushRegistration> Pushes { get; } = Registered<PushRegistration>();

    public static IReadOnlyList<EventSubscription> Subscriptions { get; } =
    [
        .. Host.Modules.All.SelectMany(module => Registrations(module)).Select(service => service.ImplementationInstance)
            .OfType<EventSubscription>(),
    ];

    /// <summary>A module's own services over a PostgreSQL and a folder that are never opened.</summary>
    public static ServiceProvider Provider(IModule module) => Registrations(module)
        .AddSingleton(new StoreLocations("Host=nowhere.invalid;Database=beat;Username=beat", Path.GetTempPath()))
        .BuildServiceProvider();

    /// <summary>Sources under a folder of the repository, without what a build leaves there.</summary>
    public static IEnumerable<string> Sources(string folder, string pattern = "*.cs") =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Where(path => !BuildFolder().IsMatch(path));

    private static List<T> Registered<T>() =>
    [
        .. Host.Modules.All.SelectMany(module => Registrations(module))
            .Where(service => service.ServiceType == typeof(T))
            .Select(service => (T)service.ImplementationInstance!),
    ];

    private static ServiceCollection Registrations(IModule module)
    {
        var services = new ServiceCollection();
        module.Register(services);
        return services;
    }

    private static Assembly Load(string project) => Assembly.Load($"Beat.Messaging.{project}");

    private static string FindRoot(string folder) => File.Exists(Path.Combine(folder, "Beat.Messaging.sln"))
        ? folder
        : FindRoot(
            Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run outside of the repository."));

    [GeneratedRegex(@"[/\\](bin|obj)[/\\]")]
    private static partial Regex BuildFolder();
}
