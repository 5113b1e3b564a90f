using System.Runtime.CompilerServices;
using System.Xml.Linq;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Beat.Messaging.Architecture.Tests;

/// <summary>What keeps a module a part that one team can own.</summary>
public sealed class ModuleTests
{
    private static readonly string[] EmptyWords = ["Manager", "Helper", "Helpers", "Util", "Utils"];

    [Fact]
    public void The_host_lists_every_module_that_has_a_folder()
    {
        Assert.NotEmpty(Solution.ModuleFolders);
        Assert.Equal(
            Solution.ModuleFolders.Select(folder => folder.ToLowerInvariant()),
            Host.Modules.All.Select(module => module.Name).Order());
        Assert.All(Solution.ModuleFolders, folder => Assert.Equal(folder.ToLowerInvariant(), Solution.Registered(folder).Name));
    }

    [Theory, MemberData(nameof(Solution.Modules), MemberType = typeof(Solution))]
    public void A_module_is_contracts_inside_tests_and_what_siblings_follow_it_with(string module) => Assert.Equal(
        [$"{module}.Contracts.csproj", $"{module}.csproj", $"{module}.Tests.csproj"],
        Solution.Sources($"src/Modules/{module}", "*.csproj").Select(path => Path.GetFileName(path))
            .Where(name => name != $"{module}.Replica.csproj").Order());

    /// <summary>What a module shows is no more than types: it brings no store, no bus and no web along.</summary>
    [Theory, MemberData(nameof(Solution.Modules), MemberType = typeof(Solution))]
    public void Its_contracts_rest_on_the_abstractions_alone(string module)
    {
        var project = Path.Combine(Solution.Root, "src/Modules", module, $"{module}.Contracts", $"{module}.Contracts.csproj");
        Assert.Equal(["Shared.Abstractions"], ReferencesOf(project));
        Assert.Empty(XDocument.Load(project).Descendants("PackageReference"));
    }

    [Theory, MemberData(nameof(Solution.Modules), MemberType = typeof(Solution))]
    public void Its_projects_reference_only_Shared_contracts_and_replicas(string module)
    {
        var references = Solution.Projects(module).SelectMany(folder => Solution.Sources(folder, "*.csproj"))
            .SelectMany(ReferencesOf).ToList();
        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.True(
            reference.StartsWith("Shared.", StringComparison.Ordinal)
                || reference.EndsWith(".Contracts", StringComparison.Ordinal)
            || reference.EndsWith(".Replica", StringComparison.Ordinal), reference));
    }

    [Theory, MemberData(nameof(Solution.Modules), MemberType = typeof(Solution))]
    public void Its_assemblies_use_no_sibling_itself(string module)
    {
        var others = Solution.ModuleFolders.Select(other => $"Beat.Messaging.{other}").Append("Beat.Messaging.Host").ToHashSet();
        Assert.DoesNotContain(
            Solution.Assemblies(module).SelectMany(assembly => assembly.GetReferencedAssemblies()),
            reference => others.Contains(reference.Name!));
    }

    /// <summary>
    /// Modules learn of each other by events alone. The interfaces of contracts are doors for Host: its hub, its commands and the
    /// development issuer. Events, enums, the shapes of answers, and the replicas that Members has ready for everybody are fine.
    /// </summary>
    [Theory, MemberData(nameof(Solution.Modules), MemberType = typeof(Solution))]
    public void It_calls_no_service_of_a_sibling(string module)
    {
        var services = Solution.ModuleFolders.Where(other => other != module)
            .SelectMany(
                other => Solution.Contracts(other).Written().Where(type => type.IsInterface)
                    .Select(type => type.Name.Split('`')[0]))
            .ToList();
        Assert.NotEmpty(services);
        var named = new Regex($@"\b({string.Join('|', services)})\b");
        Assert.DoesNotContain(Solution.Sources($"src/Modules/{module}"), path => named.IsMatch(File.ReadAllText(path)));
    }

    [Theory, MemberData(nameof(Solution.Modules), MemberType = typeof(Solution))]
    public void It_shows_its_inside_only_to_tests(string module) => Assert.All(
        Solution.Assemblies(module)
            .SelectMany(assembly => assembly.GetCustomAttributes(typeof(InternalsVisibleToAttribute), false)),
        shown => Assert.EndsWith(".Tests", ((InternalsVisibleToAttribute)shown).AssemblyName, StringComparison.Ordinal));

    [Theory, MemberData(nameof(Solution.Modules), MemberType = typeof(Solution))]
    public void Only_its_module_class_is_public(string module)
    {
        var shown = Assert.Single(Solution.Module(module).GetExportedTypes());
        Assert.Equal($"{module}Module", shown.Name);
        Assert.True(shown.IsAssignableTo(typeof(IModule)));
    }

    /// <summary>A class that nobody derives from is sealed. What the migrations tool writes is as it writes it.</summary>
    [Theory, MemberData(nameof(Solution.Modules), MemberType = typeof(Solution))]
    public void Its_classes_are_sealed(string module)
    {
        var classes = Solution.Module(module).Written().Where(type => type.IsClass).ToList();
        var bases = classes.Select(type => type.BaseType).ToHashSet();
        Assert.DoesNotContain(classes, type =>
            !type.IsSealed && !type.IsAbstract && !bases.Contains(type)
            && !type.IsAssignableTo(typeof(Migration)) && !type.IsAssignableTo(typeof(ModelSnapshot)));
    }

    [Theory, MemberData(nameof(Solution.Modules), MemberType = typeof(Solution))]
    public void Its_contracts_are_public_and_hold_no_store(string module)
    {
        var contracts = Solution.Contracts(module).Written().Where(type => !type.IsNested).ToList();
        Assert.NotEmpty(contracts);
        Assert.All(contracts, type => Assert.True(type.IsPublic, type.Name));
        Assert.DoesNotContain(contracts, type => type.IsAssignableTo(typeof(DbContext)));
    }

    [Theory, MemberData(nameof(Solution.Modules), MemberType = typeof(Solution))]
    public void Its_sources_lie_where_their_namespace_says(string module)
    {
        var misplaced =
            from folder in Solution.Projects(module)
            let project = Path.GetFileName(folder)
            from path in Solution.Sources(folder)
            where Path.GetFileName(path) != "GlobalUsings.cs"
            let inside = Path.GetRelativePath(folder, Path.GetDirectoryName(path)!).Replace(Path.DirectorySeparatorChar, '.')
            let expected = inside == "." ? $"Beat.Messaging.{project}" : $"Beat.Messaging.{project}.{inside}"
            where !File.ReadLines(path).Any(line => line.TrimEnd(';') == $"namespace {expected}")
            select Path.GetRelativePath(Solution.Root, path);
        Assert.Empty(misplaced);
    }

    /// <summary>
    /// The hub calls slices, slices call pushes, and pushes call neither: so what comes in and what goes out form no circle. A
    /// slice is a folder with an endpoint in it.
    /// </summary>
    [Theory, MemberData(nameof(Solution.Modules), MemberType = typeof(Solution))]
    public void Its_hub_rests_on_slices_and_slices_on_pushes(string module)
    {
        var folder = Path.Combine(Solution.Root, "src/Modules", module, module);
        var slices = Solution.Sources(folder)
            .Where(path => File.ReadAllText(path).Contains(": ICarterModule", StringComparison.Ordinal))
            .Select(path => Path.GetFileName(Path.GetDirectoryName(path)!)).ToHashSet();
        Assert.NotEmpty(slices);
        var circles =
            from path in Solution.Sources(folder)
            let place = Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar)[0]
            from match in Use(module).Matches(File.ReadAllText(path))
            let used = match.Groups["folder"].Value
            where (place != "Hub" && place != $"{module}Module.cs" && used == "Hub")
                || (place == "Pushes" && slices.Contains(used))
            select $"{Path.GetRelativePath(Solution.Root, path)} uses {used}";
        Assert.Empty(circles);

        static Regex Use(string module) => new($@"^using Beat\.Messaging\.{module}\.(?<folder>\w+);", RegexOptions.Multiline);
    }

    [Fact]
    public void Nothing_is_called_manager_helper_or_util() => Assert.DoesNotContain(
        Solution.Shared.Concat(Solution.ModuleFolders.SelectMany(Solution.Assemblies))
            .Append(typeof(Host.Modules).Assembly)
            .SelectMany(assembly => assembly.Written()),
        // SignalR's own word for what the feed replaces.
        type => type.Name is not "FeedLifetimeManager`1"
            && EmptyWords.Any(word => type.Name.Split('`')[0].EndsWith(word, StringComparison.Ordinal)));

    private static IEnumerable<string> ReferencesOf(string project) => XDocument.Load(project)
        .Descendants("ProjectReference")
        .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
}
