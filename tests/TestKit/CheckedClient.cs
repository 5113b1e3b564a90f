namespace Beat.Messaging.TestKit;

/// <summary>Something that a client reads once and then keeps right by pushes.</summary>
/// <param name="Pushes">Those that change it.</param>
/// <param name="Fetch">Reads it as it is, for a person and a group; null where it is not to be had.</param>
/// <param name="Apply">What becomes of it by a push; a push that came twice changes nothing more.</param>
public sealed record ClientView(
    string Name, IReadOnlyList<string> Pushes, Func<Person, Guid, Task<JsonNode?>> Fetch,
    Func<JsonNode?, ClientPush, JsonNode?> Apply);

/// <param name="Me">Who holds what it changes.</param>
/// <param name="Group">The one that they are looking at.</param>
public sealed record ClientPush(string Name, JsonNode Payload, Person Me, Guid Group);

/// <summary>
/// Somebody who looks at a group and holds what the views say. After each action, what they hold with all pushes applied is to be
/// what they would fetch: a push that is missing, late for ever, or says something else is found whatever the action was.
/// </summary>
public sealed class CheckedClient : IAsyncDisposable
{
    private readonly Person me;
    private readonly Guid group;
    private readonly IReadOnlyList<ClientView> views;
    private readonly Dictionary<string, JsonNode?> held = [];
    private int applied;

    private CheckedClient(Person me, Guid group, Socket socket, IReadOnlyList<ClientView> views) =>
        (this.me, this.group, Socket, this.views) = (me, group, socket, views);

    public Socket Socket { get; }

    /// <param name="views">Those of all modules unless told.</param>
    public static async Task<CheckedClient> Open(Person me, Guid group, IReadOnlyList<ClientView>? views = null)
    {
        var client = new CheckedClient(
            me, group, await me.Connect(), views ?? [.. Scenarios.All.SelectMany(scenario => scenario.Views)]);
        // Who is not in it yet hears what is said to them alone.
        if ((await me.Get($"/api/groups/{group}/members?limit=1")).Status == 200)
            await client.Socket.Join(group);
        foreach (var view in client.views)
            client.held[view.Name] = await view.Fetch(me, group);
        return client;
    }

    /// <summary>Does something, by whoever it is, and checks what this client holds after it.</summary>
    public Task<T> After<T>(string action, Func<Task<T>> act) => After(action, act, this);

    /// <inheritdoc cref="After{T}(string, Func{Task{T}})"/>
    /// <param name="clients">All who are to be right after it.</param>
    public static async Task<T> After<T>(string action, Func<Task<T>> act, params IReadOnlyList<CheckedClient> clients)
    {
        var answer = await act();
        foreach (var client in clients)
            await client.Check(action);
        return answer;
    }

    public ValueTask DisposeAsync() => Socket.DisposeAsync();

    private async Task Check(string action)
    {
        foreach (var view in views)
        {
            JsonNode? fetched = null;
            try
            {
                await Until.True(
                    async () =>
                    {
                        fetched = await view.Fetch(me, group);
                        ApplyPushes();
                        return JsonNode.DeepEquals(held[view.Name], fetched);
                    },
                    "what is held to be what is fetched", TimeSpan.FromSeconds(30));
            }
            catch (TimeoutException)
            {
                throw new InvalidOperationException(
                    $"After \"{action}\" a client's {view.Name} is not what it would fetch.\nheld:    {Show(held[view.Name])}\nfetched: {Show(fetched)}\n"
                    + $"pushes:  {string.Join(", ", Socket.All.Select(push => push.Event))}");
            }
        }

        static string Show(JsonNode? state) => state?.ToJsonString() ?? "nothing";
    }

    private void ApplyPushes()
    {
        var all = Socket.All;
        for (; applied < all.Count; applied++)
        {
            var (name, payload) = all[applied];
            foreach (var view in views.Where(view => view.Pushes.Contains(name)))
                held[view.Name] = view.Apply(held[view.Name]?.DeepClone(), new ClientPush(name, payload, me, group));
        }
    }
}
