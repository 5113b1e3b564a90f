namespace Beat.Messaging.TestKit;

/// <summary>People who act in every world.</summary>
/// <param name="Target">A member whom others act on.</param>
/// <param name="Invitee">Invited, and not in the group.</param>
/// <param name="Past">Only in worlds of their own: see <see cref="RestRow"/>.</param>
public sealed record Cast(
    Person Stranger, Person Removed, Person Member, Person Moderator, Person Admin, Person Owner, Person Target, Person Invitee,
    Person Past)
{
    public static async Task<Cast> Of(Service service) => new(
        await service.Person("Stranger"), await service.Person("Removed"), await service.Person("Member"),
        await service.Person("Moderator"), await service.Person("Admin"), await service.Person("Owner"),
        await service.Person("Target"), await service.Person("Invitee"), await service.Person("Past"));

    /// <summary>Staff, who have no limits of sends and tokens, and repeat what came too late for a busy store.</summary>
    public static async Task<Cast> OfStaff(Service service)
    {
        var people = new List<Person>();
        while (people.Count < 9)
        {
            var person = await service.Person($"Person {people.Count}", role: "admin");
            people.Add(new Person(service.Url, person.Id, person.Token, isPatient: true));
        }
        return new Cast(people[0], people[1], people[2], people[3], people[4], people[5], people[6], people[7], people[8]);
    }
}

/// <summary>A group with somebody of every rank in it, and what the modules' scenarios add.</summary>
public sealed class World
{
    private readonly Dictionary<Type, object> things = [];

    private World(Cast cast, Guid group, Person mine) => (Cast, Group, OtherGroup, Mine) = (cast, group, group, mine);

    public Cast Cast { get; }

    public Guid Group { get; }

    /// <summary>Where <see cref="RestRow.InOtherGroup"/> looks.</summary>
    public Guid OtherGroup { get; set; }

    /// <summary>Whose things there are: the member, or the past member, who is removed once all is made.</summary>
    public Person Mine { get; }

    public bool IsOfPastMember => Mine == Cast.Past;

    public void Add<T>(T thing)
        where T : notnull => things[typeof(T)] = thing;

    public T Of<T>() => things.TryGetValue(typeof(T), out var thing)
        ? (T)thing
        : throw new InvalidOperationException(
            $"No scenario adds a {typeof(T).Name} to the world in its {nameof(ModuleScenario.Arrange)}.");

    /// <param name="isPublic">A stranger sees a public one, and nothing in it.</param>
    /// <param name="ofPastMember">Whose things there are.</param>
    public static async Task<World> Make(Cast cast, bool isPublic = false, bool ofPastMember = false)
    {
        var group = await cast.Owner.CreateGroup($"{Guid.NewGuid()}", isPublic);
        await cast.Owner.Invite(group, cast.Removed);
        await cast.Owner.Invite(group, cast.Member);
        await cast.Owner.Invite(group, cast.Moderator, "moderator");
        await cast.Owner.Invite(group, cast.Admin, "admin");
        await cast.Owner.Invite(group, cast.Target);
        if (ofPastMember)
            await cast.Owner.Invite(group, cast.Past, "moderator");
        (await cast.Owner.Delete($"/api/groups/{group}/members/{cast.Removed.Id}")).Expect(200);
        var world = new World(cast, group, ofPastMember ? cast.Past : cast.Member);
        foreach (var scenario in Scenarios.All)
            await scenario.Arrange(world);
        if (ofPastMember)
            (await cast.Owner.Delete($"/api/groups/{group}/members/{cast.Past.Id}")).Expect(200);
        return world;
    }
}
