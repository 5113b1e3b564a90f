using Beat.Messaging.Groups.Data;
using Beat.Messaging.Groups.Tests.Points;
using Beat.Messaging.Shared.Hosting.Text;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Groups.Tests.Data;

/// <summary>Groups that were there before names had keys, and were looked for in another way.</summary>
public sealed class FoldGroupNamesTests
{
    /// <summary>All of one creator; the first of those that have become the same is the oldest.</summary>
    private static readonly (string Name, bool HasKey)[] Groups =
    [
        ("Café Zürich", true), ("CAFE\u0301 ZÜRICH", false), ("Straße 🧥 100%", true), ("STRASSE 🧥 100%", false),
        ("  strasse 🧥  100% ", false), ("Winter coats", true), ("winter  coats", false), ("Łódź", true), ("Lodz", true),
        ("ΟΔΟΣ", true), ("οδος", false), ("Zoe\u0308 'quoted'", true), ("İzmir", true), ("izmir", true), ("", true),
    ];

    [Fact]
    public Task They_are_folded_on_SQLite() => Folded(null);

    [SkippableFact]
    public async Task They_are_folded_on_PostgreSQL() => await Folded(await Servers.PostgreSql());

    private static async Task Folded(string? database)
    {
        await using var books = await GroupsFixture.Open(database);
        Assert.EndsWith("_NameKeys", await books.Database.Revert(default));
        var (creator, ids) = (Guid.NewGuid(), Groups.Select(_ => Guid.NewGuid()).ToList());
        await using (var db = books.Store.Open())
        {
            for (var i = 0; i < ids.Count; i++)
            {
                var at = database is null ? (object)i : DateTimeOffset.UnixEpoch.AddSeconds(i);
                var table = database is null ? "groups" : "groups.groups";
#pragma warning disable EF1003 // The name of the table.
                await db.Database.ExecuteSqlRawAsync(
                    $"INSERT INTO {table} (id, creator_id, owner_id, name, search_name, description, is_public, owner_version, sustainability_points, xp, revision, inserted_at, updated_at, last_activity_at) "
                    + "VALUES ({0}, {1}, {1}, {2}, 'old', '', {3}, 0, 0, 0, 1, {4}, {4}, {4})",
                    ids[i], creator, Groups[i].Name, false, at);
#pragma warning restore EF1003
            }
        }
        await books.Database.Migrate(default);
        var fold = new NormalizeGroupNames(books.Store, TimeProvider.System);
        Assert.False((await fold.NormalizeBatch(default)).Value);
        for (var i = 0; i < ids.Count; i++)
        {
            var group = await books.Group(ids[i]);
            Assert.Equal(
                (SearchText.Normalize(Groups[i].Name), SearchText.Version, Groups[i].Name),
                (group.SearchName, group.FoldingVersion, group.Name));
            Assert.Equal(
                Groups[i].HasKey ? SearchText.UniqueKey(Groups[i].Name) : $"{ids[i]}", group.NameKey,
                ignoreCase: !Groups[i].HasKey);
        }
    }

    [Fact]
    public async Task Many_are_folded_a_few_at_a_time_and_each_version_once()
    {
        await using var books = await GroupsFixture.Open(null);
        var ids = await books.CreateGroups(450);
        await Age(books);
        var fold = new NormalizeGroupNames(books.Store, TimeProvider.System);
        Assert.True((await fold.NormalizeBatch(default)).Value);
        await using (var db = books.Store.Open())
            Assert.Equal(200, await db.Groups.CountAsync(g => g.FoldingVersion == SearchText.Version));
        // Begun again after a stop, it goes on.
        var again = new NormalizeGroupNames(books.Store, TimeProvider.System);
        Assert.True((await again.NormalizeBatch(default)).Value);
        Assert.False((await again.NormalizeBatch(default)).Value);
        Assert.Equal(
            ("winter coats", SearchText.Version),
            ((await books.Group(ids[449])).SearchName, (await books.Group(ids[449])).FoldingVersion));
    }

    private static async Task Age(GroupsFixture books)
    {
        await using var db = books.Store.Open();
        await db.Groups.ExecuteUpdateAsync(
            row => row.SetProperty(g => g.FoldingVersion, SearchText.Version - 1).SetProperty(g => g.SearchName, "old"));
    }
}
