namespace Beat.Messaging.Integration.Tests.Groups;

/// <summary>How people find groups.</summary>
public abstract class FindTests(RunningService running)
{
    private readonly Service service = running.Service;

    [SkippableTheory]
    [InlineData("Café Zürich", "cafe", true)]
    [InlineData("Café Zürich", "CAFÉ  zur", true)]
    [InlineData("Café Zürich", "züri", true)]
    [InlineData("Cafe Zurich", "CAFÉ", true)]
    [InlineData("Café Zürich", "afe", false)]
    [InlineData("Café Zürich", "rich", false)]
    [InlineData("Łódź 100%", "lodz 100%", true)]
    [InlineData("Łódź 100%", "lodz_", false)]
    [InlineData("Łódź 100%", "%", false)]
    [InlineData("ΑΘΗΝΑ κήπος", "κηπ", true)]
    [InlineData("Ёлка", "елк", true)]
    [InlineData("Die Straße", "STRASSE", true)]
    [InlineData("ＢＥＡＴ Lisboa", "beat", true)]
    [InlineData("L’œuvre", "loeuvre", true)]
    [InlineData("Rock-and-roll", "rock and", true)]
    [InlineData("東京都の服", "京都", true)]
    [InlineData("ตู้เสื้อผ้าเชียงใหม่", "เชียงใหม่", true)]
    public async Task Public_groups_are_found_by_the_beginning_of_words_whatever_case_and_accents(
        string name, string search, bool isFound)
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup(name, isPublic: true);
        var found = (await rui.Get($"/api/groups/public?limit=100&search={Uri.EscapeDataString(search)}"))
            .Expect(200)["data"]!.AsArray();
        Assert.Equal(isFound, found.Any(g => g!["id"]!.GetValue<Guid>() == group));
    }
}

/// <inheritdoc/>
public sealed class EmbeddedFindTests(EmbeddedService running) : FindTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealFindTests(RealService running) : FindTests(running), IClassFixture<RealService>;
