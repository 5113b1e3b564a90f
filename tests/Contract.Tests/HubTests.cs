using System.Reflection;
using System.Text.RegularExpressions;
using Beat.Messaging.Host;
using Beat.Messaging.Shared.Realtime;

namespace Beat.Messaging.Contract.Tests;

/// <summary>What a socket can call and what it hears.</summary>
[Collection(nameof(ContractScenario))]
public sealed partial class HubTests(ContractScenario story)
{
    [Fact]
    public void Methods_are_as_frozen() => Snapshot.Match(string.Join('\n', typeof(MessagingHub)
        .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .Select(method => $"{method.Name}({string.Join(", ", method.GetParameters().Select(parameter => parameter.Name))})"
            + $" needs {method.GetCustomAttribute<RequiresScopeAttribute>()?.Scope}")
        .Order(StringComparer.Ordinal)));

    [Fact]
    public void Pushes_are_as_frozen() =>
        Snapshot.Match(Snapshots.Show(new JsonObject(story.Pushes.Select(push => KeyValuePair.Create<string, JsonNode?>(push.Key, push.Value.DeepClone())))));

    [Fact]
    public void The_story_holds_every_push_that_is_written_in_the_sources()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Beat.Messaging.sln")))
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("The tests run outside of the repository.");
        var pushed = Directory.EnumerateFiles(Path.Combine(root, "src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(path => Push().Matches(File.ReadAllText(path)))
            .Select(match => match.Groups["name"].Value)
            .Distinct();
        Assert.Equal(pushed.Order(), story.Pushes.Keys.Select(name => name.Split(' ')[0]).Distinct().Order());
    }

    [GeneratedRegex("""\b((Push|PushLocally|PushToPerson|Changed|Gone)\(\s*([\w.]+,\s*)?|Received = )"(?<name>[A-Z]\w+)"[,);]""")]
    private static partial Regex Push();
}
