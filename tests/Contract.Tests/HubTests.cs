using System.Reflection;
using Beat.Messaging.Host;
using Beat.Messaging.Shared.Realtime;

namespace Beat.Messaging.Contract.Tests;

/// <summary>What a socket can call and what it hears.</summary>
[Collection(nameof(ContractScenario))]
public sealed class HubTests(ContractScenario scenario)
{
    public static TheoryData<string> Names => [.. Pushes.All.Select(push => push.Name)];

    [Fact]
    public void Methods_are_as_frozen() => Snapshots.Match(string.Join('\n', typeof(MessagingHub)
        .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .Select(method => $"{method.Name}({string.Join(", ", method.GetParameters().Select(parameter => parameter.Name))})"
            + $" needs {method.GetCustomAttribute<RequiresScopeAttribute>()?.Scope}")
        .Order(StringComparer.Ordinal)));

    [Theory, MemberData(nameof(Names))]
    public void A_push_is_as_frozen(string name)
    {
        var module = Pushes.All.Single(push => push.Name == name).Module;
        var kept = scenario.Of(module).Pushes.Where(push => push.Key.Split(' ')[0] == name).ToList();
        Assert.True(
            kept.Count > 0,
            $"{name} is not kept by the story: have it pushed, and call story.Keep(socket, \"{name}\") in {Scenarios.FileOf(module)}.");
        Snapshots.Match(
            new JsonObject(kept.Select(push => KeyValuePair.Create<string, JsonNode?>(push.Key, push.Value.DeepClone()))), name);
    }

    /// <summary>
    /// A view of what a client holds, which the story checks after each action, or the reason why there is none.
    /// </summary>
    [Theory, MemberData(nameof(Names))]
    public void A_push_keeps_a_client_right(string name)
    {
        var module = Pushes.All.Single(push => push.Name == name).Module;
        Assert.True(
            Scenarios.All.Any(
                one => one.Views.Any(view => view.Pushes.Contains(name)) || one.PushesOfTheMoment.ContainsKey(name)),
            $"What does a client hold of {name}? Add a view that applies it, or why there is none ({nameof(ModuleScenario.PushesOfTheMoment)}), to {Scenarios.FileOf(module)}.");
    }
}
