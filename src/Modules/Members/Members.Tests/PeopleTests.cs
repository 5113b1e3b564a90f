namespace Beat.Messaging.Members.Tests;

/// <summary>How people find one another.</summary>
public abstract class PeopleTests(RunningService running)
{
    private readonly Service service = running.Service;

    [SkippableTheory]
    [InlineData("Zoë Ångström", "zoe", true)]
    [InlineData("Zoë Ångström", "ZOË ANG", true)]
    [InlineData("Zoe Angstrom", "zoë å", true)]
    [InlineData("Zoë Ångström", "ang", false)]
    [InlineData("Zoe\u0308 X", "zoë", true)]
    [InlineData("Shaq O’Neil", "shaq o'neil", true)]
    [InlineData("O’Neil", "o'n", true)]
    [InlineData("O’Neil", "oneil", true)]
    [InlineData("ONeil", "o`neil", true)]
    [InlineData("Anne‑Marie", "anne-m", true)]
    [InlineData("Weiß", "WEISS", true)]
    [InlineData("Ægir", "aegir", true)]
    [InlineData("Ｙuki", "yuki", true)]
    [InlineData("\u1100\u1175\u11b7", "김", true)]
    [InlineData("ﾀﾅｶ", "タナ", true)]
    public async Task People_are_found_by_the_beginning_of_their_name_whatever_case_and_accents(
        string name, string search, bool isFound)
    {
        var person = await service.Person(name);
        var found = (await person.Get($"/api/users?limit=100&search={Uri.EscapeDataString(search)}"))
            .Expect(200)["data"]!.AsArray();
        Assert.Equal(isFound, found.Any(p => p!["profile_id"]!.GetValue<Guid>() == person.Id));
    }
}

/// <inheritdoc/>
public sealed class EmbeddedPeopleTests(EmbeddedService running) : PeopleTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealPeopleTests(RealService running) : PeopleTests(running), IClassFixture<RealService>;
