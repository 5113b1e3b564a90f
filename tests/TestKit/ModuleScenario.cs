using Beat.Messaging.Shared.Abstractions;

namespace Beat.Messaging.TestKit;

/// <summary>
/// What a module brings to the suites that try every module. A module has one, in its own <c>X.Tests</c>, and the suites find it
/// there: who may do what (<c>AccessMatrixTests</c>, and with it all the fuzzing), its capabilities (<c>CapabilityTests</c>), its
/// events and pushes (<c>Contract.Tests</c>), and what clients make of its pushes (<see cref="CheckedClient"/>).
/// </summary>
public abstract class ModuleScenario
{
    /// <summary>For <see cref="RestRow.OtherOwner"/>, where a route names no group.</summary>
    protected const int None = 0;

    /// <summary>The folder of the module, e.g. <c>Invites</c>.</summary>
    public string Folder => GetType().Assembly.GetName().Name!.Split('.')[^2];

    /// <inheritdoc cref="IModule.Name"/>
    public string Module => Folder.ToLowerInvariant();

    /// <summary>A row per endpoint.</summary>
    public virtual IReadOnlyList<RestRow> Routes => [];

    /// <summary>A row per hub method that the module answers.</summary>
    public virtual IReadOnlyList<HubRow> HubMethods => [];

    /// <summary>Makes what the rows need in a world, as things of <see cref="World.Mine"/>, and adds it to the world.</summary>
    public virtual Task Arrange(World world) => Task.CompletedTask;

    /// <summary>
    /// What needs each capability of the module, in an order in which one does not take away what the next one needs.
    /// </summary>
    public virtual IReadOnlyList<CapabilityUse> Uses => [];

    /// <summary>One of every event that is mirrored to Kafka.</summary>
    public virtual IReadOnlyList<EventSample> Samples => [];

    /// <summary>What a client holds and keeps right by the module's pushes.</summary>
    public virtual IReadOnlyList<ClientView> Views => [];

    /// <summary>Pushes that no <see cref="ClientView"/> applies, each with the reason.</summary>
    public virtual IReadOnlyDictionary<string, string> PushesOfTheMoment => new Dictionary<string, string>();

    /// <summary>
    /// Has every event and every push of the module happen, and keeps each push (<see cref="Story.Keep(Socket, string[])"/>).
    /// </summary>
    public virtual Task Tell(Story story) => Task.CompletedTask;

    /// <summary>Why the module's database may not be lost, where that is so: what siblings cannot tell it again.</summary>
    public virtual string? CannotBeLost => null;

    /// <summary>Why nothing that the module keeps of people is in their export, where that is so.</summary>
    public virtual string? ExportsNothing => null;

    /// <summary>
    /// Uses what the module copies of its siblings, after a module's database was lost, this one's or a sibling's.
    /// </summary>
    public virtual Task UseReplicas(AfterLoss after) => Task.CompletedTask;
}

/// <summary>Who may call an endpoint. Statuses are in the order of rank.</summary>
/// <param name="Route">Method and template, as the endpoint has them.</param>
/// <param name="OtherOwner">The owner of another group with this one's ids; 0: no group is named.</param>
/// <param name="InOtherGroup">Where the path names a thing inside a group: the same thing under another group's id.</param>
/// <param name="Past">
/// Somebody who was in the group, and finds an invite, a message and so on of their own where the others find the member's; null:
/// refused like one who was removed.
/// </param>
/// <param name="Caller">Who gets furthest, where that is not the owner: the suites that fuzz call as them.</param>
public sealed record RestRow(
    string Route, Func<World, string> Path, Func<World, object>? Body,
    int Stranger, int Removed, int Member, int Moderator, int Admin, int Owner, int OtherOwner,
    Func<World, string>? InOtherGroup = null, int? Past = null, Func<Cast, Person>? Caller = null)
{
    public HttpMethod Method => new(Route.Split(' ')[0]);

    public IEnumerable<(string Who, Person Person, int Status)> Cells(Cast cast) =>
    [
        ("stranger", cast.Stranger, Stranger), ("removed", cast.Removed, Removed), ("member", cast.Member, Member),
        ("moderator", cast.Moderator, Moderator), ("admin", cast.Admin, Admin), ("owner", cast.Owner, Owner),
        ("past member", cast.Past, Past ?? Removed),
    ];

    /// <summary>The parameters of the path, as they stand in it.</summary>
    public Dictionary<string, string> PathValues(World world) => Route.Split(' ')[1].TrimStart('/').Split('/')
        .Zip(Path(world).Split('?')[0].Split('/'))
        .Where(segment => segment.First.StartsWith('{'))
        .ToDictionary(segment => segment.First.Trim('{', '}'), segment => segment.Second);
}

/// <summary>Who may call a hub method. Parameters are those of <see cref="RestRow"/>.</summary>
/// <param name="Arguments">All of them, null for none.</param>
public sealed record HubRow(
    string Method, Func<World, object?[]> Arguments, int Stranger, int Removed, int Member, int Moderator, int Admin, int Owner,
    int? Past = null, Func<Cast, Person>? Caller = null)
{
    public IEnumerable<(string Who, Person Person, int Status)> Cells(Cast cast) =>
    [
        ("stranger", cast.Stranger, Stranger), ("removed", cast.Removed, Removed), ("member", cast.Member, Member),
        ("moderator", cast.Moderator, Moderator), ("admin", cast.Admin, Admin), ("owner", cast.Owner, Owner),
        ("past member", cast.Past, Past ?? Removed),
    ];
}

/// <summary>What only those can do who have a capability: others are answered 403 or 404.</summary>
/// <param name="Ends">It ends the membership, or the group: tried after everything else, those of the first module last.</param>
public sealed record CapabilityUse(string Capability, Func<Person, World, Task<Answer>> Use, bool Ends = false);

/// <summary>An event with a value in every field.</summary>
/// <param name="Aggregate">
/// Its aggregate's id, with fields of the payload in braces: <c>{group_id}:members</c>. Null: an id of its own, which the payload
/// lacks.
/// </param>
public sealed record EventSample(IIntegrationEvent Event, string? Aggregate)
{
    /// <summary>Why the module's story cannot have it happen; null: it does.</summary>
    public string? NotInStory { get; init; }
}

/// <summary>The people and things of which samples are made.</summary>
public static class Sample
{
    public static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    public static readonly Guid Group = Id(1), Ana = Id(
        2), Rui = Id(3), Invite = Id(4), Message = Id(5), Original = Id(6), Garment = Id(7), Notification = Id(8), Sol = Id(9);

    public static Guid Id(int number) => new($"00000000-0000-7000-8000-{number:D12}");
}

/// <summary>A service that has lost a module's database, and was told again what it copies.</summary>
/// <param name="Lost">The module, by name.</param>
/// <param name="Group">It is called Remembered, and has one message, of its former owner.</param>
/// <param name="Owner">Rui, who was invited, and given the group.</param>
/// <param name="Former">Ana, who made it, and is a member.</param>
public sealed record AfterLoss(Service Service, string Lost, Guid Group, Person Owner, Person Former);
