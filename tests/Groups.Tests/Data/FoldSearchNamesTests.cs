using Beat.Messaging.Groups.Tests.Points;
using Beat.Messaging.Shared.Infrastructure.Text;
using Beat.Messaging.TestKit;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Groups.Tests.Data;

/// <summary>Groups that were there before names were looked for without accents.</summary>
public sealed class FoldSearchNamesTests
{
    private static readonly string[] Names = ["Café Zürich", "Łódź", "Winter coats", "Ёлка Άνοιξη", "Zoe\u0308 'quoted'", "Straße 🧥 100%"];

    [Fact]
    public Task They_are_found_on_SQLite() => Found(null);

    [SkippableFact]
    public async Task They_are_found_on_PostgreSQL() => await Found(await Servers.PostgreSql());

    private static async Task Found(string? database)
    {
        await using var books = await Books.Open(database);
        var groups = await books.CreateGroups(Names.Length);
        Assert.EndsWith("_FoldSearchNames", await books.Database.Revert(default));
        for (var i = 0; i < Names.Length; i++)
        {
            await using var db = books.Store.Open();
            await db.Groups.Where(g => g.Id == groups[i]).ExecuteUpdateAsync(row => row.SetProperty(g => g.SearchName, Names[i].ToLowerInvariant()));
        }
        await books.Database.Migrate(default);
        for (var i = 0; i < Names.Length; i++)
            Assert.Equal(Folding.Fold(Names[i]), (await books.Group(groups[i])).SearchName);
    }
}
