using System.Reflection;
using System.Text.Json;
using Beat.Messaging.Host;
using Beat.Messaging.Shared.Realtime;

namespace Beat.Messaging.Architecture.Tests;

/// <summary>The host is a list of modules and thin doors.</summary>
public sealed class HostTests
{
    public static TheoryData<string> HubMethods =>
    [
        .. typeof(MessagingHub).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Select(method => method.Name),
    ];

    [Fact]
    public void Program_fits_on_a_screen() =>
        Assert.InRange(File.ReadLines(Path.Combine(Solution.Root, "src/Host/Program.cs")).Count(), 1, 30);

    [Theory, MemberData(nameof(HubMethods))]
    public void A_hub_method_names_its_scope(string method) => Assert.Contains(
        typeof(MessagingHub).GetMethod(method)!.GetCustomAttribute<RequiresScopeAttribute>()?.Scope,
        Solution.ConstantsOf("Scopes"));

    /// <summary>So that a bad argument is answered with the problem of REST, and not with SignalR's bare text.</summary>
    [Theory, MemberData(nameof(HubMethods))]
    public void A_hub_method_takes_JSON_and_leaves_the_binding_to_its_module(string method)
    {
        var taken = typeof(MessagingHub).GetMethod(method)!;
        Assert.All(taken.GetParameters(), parameter => Assert.Equal(typeof(JsonElement), parameter.ParameterType));
        Assert.True(
            taken.ReturnType == typeof(IOutcome) || taken.ReturnType == typeof(Task<IOutcome>), $"{method} answers no outcome");
    }

    /// <summary>Outside of the list a module is known by its contracts alone.</summary>
    [Fact]
    public void Only_the_list_names_module_classes() => Assert.Equal(
        ["Modules.cs"],
        Solution.Sources("src/Host")
            .Where(
                path => Solution.ModuleFolders.Any(
                    module => File.ReadAllText(path).Contains($"{module}Module", StringComparison.Ordinal)))
            .Select(path => Path.GetFileName(path)));
}
