using System.Text.RegularExpressions;

namespace Beat.Messaging.TestKit;

/// <summary>A module's part of what happens in a running service, and the pushes that came of it.</summary>
/// <param name="views">What the module's clients hold.</param>
public sealed partial class Story(Service service, IReadOnlyList<ClientView> views)
{
    private readonly Dictionary<string, string> names = new() { [$"{Guid.Empty}"] = "<nobody>" };
    private readonly SortedDictionary<string, JsonNode> pushes = new(StringComparer.Ordinal);

    public Service Service => service;

    /// <summary>
    /// Name of a push, and of what kind it is where there are several, → its payload, with names instead of what differs from run
    /// to run.
    /// </summary>
    public IReadOnlyDictionary<string, JsonNode> Pushes => pushes;

    /// <summary>Somebody new.</summary>
    public async Task<Person> Person(string name)
    {
        var person = await service.Person(name);
        names[$"{person.Id}"] = $"<{name}>";
        return person;
    }

    /// <summary>A new group of somebody's, alone or with others, who come in by invites.</summary>
    public async Task<Guid> Group(Person owner, params IReadOnlyList<Person> members)
    {
        var group = await owner.CreateGroup();
        names[$"{group}"] = "<group>";
        // A busy machine is late with what siblings copy.
        await Until.True(
            async () => (await owner.Get($"/api/groups/{group}/invites?limit=1")).Status == 200,
            "the group to be known to those who invite");
        foreach (var member in members)
            await owner.Invite(group, member);
        return group;
    }

    /// <summary>A new id that keeps its name.</summary>
    public Guid Named(string name)
    {
        var id = Guid.NewGuid();
        names[$"{id}"] = $"<{name}>";
        return id;
    }

    /// <summary>Somebody who looks at a group, and is right after whatever happens.</summary>
    public Task<CheckedClient> Client(Person person, Guid group) => CheckedClient.Open(person, group, views);

    /// <summary>Waits for pushes, and keeps the first of each.</summary>
    public async Task Keep(Socket socket, params string[] names)
    {
        foreach (var name in names)
            Keep(name, (await socket.Await(name))[0]);
    }

    /// <param name="name">Of the push; with more after a space where there is another of the same.</param>
    public void Keep(string name, JsonNode payload) => pushes[name] = JsonNode.Parse(Varying().Replace(
        payload.ToJsonString(),
        match => match.Groups["id"].Success
            ? names.GetValueOrDefault(match.Value, "<id>")
            : $"<{match.Groups.Values.Skip(1).First(kind => kind.Success).Name}>"))!;

    [GeneratedRegex(
        @"(?<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|(?<time>202[0-9]-[0-9]{2}-[0-9]{2}T[0-9:.]+Z)|(?<changed>\b[0-9]{20}\b)|(?<token>(?<![\w-])[\w-]{43}(?![\w-]))")]
    private static partial Regex Varying();
}
