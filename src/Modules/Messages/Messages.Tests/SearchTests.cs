namespace Beat.Messaging.Messages.Tests;

/// <summary>Search in a group's history.</summary>
public abstract class SearchTests(RunningService running)
{
    private readonly Service service = running.Service;

    [SkippableFact]
    public async Task Words_are_found_in_pages_from_the_newest_on()
    {
        var ana = await service.Person("Ana");
        var (group, other) = (await ana.CreateGroup(), await ana.CreateGroup("Other"));
        for (var i = 1; i <= 5; i++)
            await ana.SendText(group, i == 3 ? "nothing" : $"Casacão número {i}");
        await ana.SendText(other, "casacão");
        var page = await Find(ana, group, "CASAC", "&limit=3");
        Assert.Equal([2, 4, 5], Seqs(page));
        Assert.True((bool)page["pagination"]!["has_more"]!);
        Assert.Equal([1], Seqs(await Find(ana, group, "casac", $"&limit=3&before={page["pagination"]!["prev_cursor"]}")));
        Assert.Equal([2, 4], Seqs(await Find(ana, group, "numero casacao", "&limit=2&after=1")));
        Assert.Equal([], Seqs(await Find(ana, group, "casac", "&type=borrow")));
        Assert.Equal([4], Seqs(await Find(ana, group, "4")));
    }

    [SkippableFact]
    public async Task An_edit_is_found_by_its_new_words_and_what_is_deleted_never()
    {
        var ana = await service.Person("Ana");
        var group = await ana.CreateGroup();
        var sent = await ana.SendText(group, "secret");
        (await ana.Patch($"/api/groups/{group}/messages/{sent["id"]}", new { content = "public" })).Expect(200);
        Assert.Equal([], Seqs(await Find(ana, group, "secret")));
        Assert.Equal([1], Seqs(await Find(ana, group, "publ")));
        (await ana.Delete($"/api/groups/{group}/messages/{sent["id"]}")).Expect(204);
        Assert.Equal([], Seqs(await Find(ana, group, "public")));
    }

    [SkippableFact]
    public async Task Whatever_is_asked_there_is_an_answer()
    {
        var ana = await service.Person("Ana");
        var group = await ana.CreateGroup();
        await ana.SendText(group, "near the coat and the hat");
        foreach (var found in new[] { "coat*", "\"coat\"", "coat AND hat", "(coat)", "NEAR(coat)", "-coat", "^coat",
            "co\u0301at" })
            Assert.Equal([1], Seqs(await Find(ana, group, found)));
        foreach (var nothing in new[] { "coat OR dress", "terms:coat", "coat'; DROP TABLE messages; --", "$where", ".*",
            "a{1000}", new string('x', 6000) })
        {
            var answer = await ana.Get($"/api/groups/{group}/messages?search={Uri.EscapeDataString(nothing)}");
            Assert.True(
                answer is { Status: 200, Body: { } body } && body["data"]!.AsArray().Count == 0
                    || answer.Code == "validation_error", $"{nothing}: {answer.Body}");
        }
        foreach (var refused in new[] { "%00", "a%00b", "%22%22", "%F0%9F%91%8D", "%20", "*", "1+2+3+4+5+6+7+8+9+10+11",
            "coat&around=1", "coat&changed_since=00000000000000000000" })
            Assert.Equal("validation_error", (await ana.Get($"/api/groups/{group}/messages?search={refused}")).Code);
        Assert.InRange((await ana.Get($"/api/groups/{group}/messages?search={new string('x', 10_000)}")).Status, 400, 499);
        Assert.Equal([1], Seqs(await Find(ana, group, "")));
    }

    [SkippableFact]
    public async Task A_word_within_a_run_is_found_in_pages_and_only_where_its_letters_follow_one_another()
    {
        var ana = await service.Person("Ana");
        var group = await ana.CreateGroup();
        foreach (var content in new[] { "昨日は東京都にいた", "東京と京都", "京都で東京の服", "東京都", "O’Neil trägt Straßenschuhe", "ﾄｳｷｮｳ東京都庁",
            "ชอบเมืองไทยมาก" })
            await ana.SendText(group, content);
        Assert.Equal([1, 4, 6], Seqs(await Find(ana, group, "東京都")));
        var page = await Find(ana, group, "東京都", "&limit=2");
        Assert.Equal([4, 6], Seqs(page));
        Assert.True((bool)page["pagination"]!["has_more"]!);
        page = await Find(ana, group, "東京都", $"&limit=2&before={page["pagination"]!["prev_cursor"]}");
        Assert.Equal([1], Seqs(page));
        Assert.False((bool)page["pagination"]!["has_more"]!);
        Assert.Equal([4, 6], Seqs(await Find(ana, group, "東京都", "&limit=2&after=1")));
        Assert.Equal([1, 2, 3, 4, 6], Seqs(await Find(ana, group, "京")));
        Assert.Equal([6], Seqs(await Find(ana, group, "トウキョウ")));
        Assert.Equal([5], Seqs(await Find(ana, group, "o'neil strasse")));
        Assert.Equal([7], Seqs(await Find(ana, group, "เมืองไทย")));
        Assert.Equal([], Seqs(await Find(ana, group, "都京")));
    }

    private static async Task<JsonNode> Find(Person person, Guid group, string search, string more = "") =>
        (await person.Get($"/api/groups/{group}/messages?search={Uri.EscapeDataString(search)}{more}")).Expect(200);

    private static IEnumerable<long> Seqs(JsonNode page) => page["data"]!.AsArray().Select(m => (long)m!["seq"]!);
}

/// <inheritdoc/>
public sealed class EmbeddedSearchTests(EmbeddedService running) : SearchTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class MongoSearchTests(MongoService running) : SearchTests(running), IClassFixture<MongoService>;
