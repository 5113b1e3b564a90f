using System.Reflection;

namespace Beat.Messaging.TestKit;

/// <summary>The scenarios of all modules, found in the test projects that this one references.</summary>
public static class Scenarios
{
    /// <summary>In the order in which the host lists the modules.</summary>
    public static IReadOnlyList<ModuleScenario> All { get; } = Find();

    public static IReadOnlyList<RestRow> Routes { get; } = [.. All.SelectMany(scenario => scenario.Routes)];

    public static IReadOnlyList<HubRow> HubMethods { get; } = [.. All.SelectMany(scenario => scenario.HubMethods)];

    /// <summary>In an order in which one does not take away what the next one needs.</summary>
    public static IReadOnlyList<CapabilityUse> Uses { get; } =
    [
        .. All.SelectMany(scenario => scenario.Uses).Where(use => !use.Ends),
        .. All.Reverse().SelectMany(scenario => scenario.Uses).Where(use => use.Ends),
    ];

    public static ModuleScenario Of(string module) => All.Single(scenario => scenario.Module == module);

    /// <summary>Where a module's scenario is, for a message.</summary>
    public static string FileOf(string module)
    {
        var folder = All.FirstOrDefault(scenario => scenario.Module == module)?.Folder
            ?? $"{char.ToUpperInvariant(module[0])}{module[1..]}";
        return $"src/Modules/{folder}/{folder}.Tests/{folder}Scenario.cs";
    }

    private static List<ModuleScenario> Find()
    {
        var found = Directory.GetFiles(AppContext.BaseDirectory, "Beat.Messaging.*.Tests.dll")
            .SelectMany(file => Assembly.Load(Path.GetFileNameWithoutExtension(file)).GetTypes())
            .Where(type => type.IsSubclassOf(typeof(ModuleScenario)))
            .Select(type => (ModuleScenario)Activator.CreateInstance(type)!)
            .ToDictionary(scenario => scenario.Module);
        return [.. Host.Modules.All.Where(module => found.ContainsKey(module.Name)).Select(module => found[module.Name])];
    }
}
