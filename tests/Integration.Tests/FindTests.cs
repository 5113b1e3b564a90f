using Beat.Messaging.Invites.ExpireInvites;
using Microsoft.Extensions.Hosting;

namespace Beat.Messaging.Integration.Tests;

/// <summary>How people find groups and one another, and are reminded of invites.</summary>
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
    public async Task Public_groups_are_found_by_the_beginning_of_words_whatever_case_and_accents(string name, string search, bool isFound)
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup(name, isPublic: true);
        var found = (await rui.Get($"/api/groups/public?limit=100&search={Uri.EscapeDataString(search)}")).Expect(200)["data"]!.AsArray();
        Assert.Equal(isFound, found.Any(g => g!["id"]!.GetValue<Guid>() == group));
    }

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
    public async Task People_are_found_by_the_beginning_of_their_name_whatever_case_and_accents(string name, string search, bool isFound)
    {
        var person = await service.Person(name);
        var found = (await person.Get($"/api/users?limit=100&search={Uri.EscapeDataString(search)}")).Expect(200)["data"]!.AsArray();
        Assert.Equal(isFound, found.Any(p => p!["profile_id"]!.GetValue<Guid>() == person.Id));
    }

    [SkippableFact]
    public async Task A_pending_invite_is_reminded_of_once_a_day_before_it_expires()
    {
        const int Day = 86_400;
        var (ana, rui, eva) = (await service.Person("Ana"), await service.Person("Rui"), await service.Person("Eva"));
        var group = await ana.CreateGroup();
        // Reminded of in a second; of the shorter one never.
        await Invite(rui, Day + 1);
        await Invite(eva, Day - 1);
        await using var ruis = await rui.Connect();
        var reminders = service.Services.GetServices<IHostedService>().OfType<ExpireInvites>().Single();
        await Until.True(
            async () =>
            {
                // As nodes do that look at the same time.
                await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => reminders.RemindDue(default)));
                return await Told(rui) == 2;
            },
            "a reminder");
        Assert.Equal("Ana", (string?)(await ruis.Await("InviteReceived"))[0]["inviter_name"]);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => reminders.RemindDue(default)));
        Assert.Equal(2, await Told(rui));
        Assert.Equal(1, await Told(eva));
        var read = (await rui.Get("/api/invites")).Expect(200)["data"]![0]!;
        Assert.Equal(("Winter coats", 1, "Ana", "pending"), ((string)read["group_name"]!, (int)read["member_count"]!, (string)read["inviter_name"]!, (string)read["status"]!));

        async Task Invite(Person invitee, int seconds) =>
            (await ana.Post($"/api/groups/{group}/invites", new { invitee_id = invitee.Id, expires_in = seconds })).Expect(201);

        static async Task<int> Told(Person person) => (await person.Get("/api/notifications?type=group_invite")).Expect(200)["data"]!.AsArray().Count;
    }
}

/// <inheritdoc/>
public sealed class EmbeddedFindTests(EmbeddedService running) : FindTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealFindTests(RealService running) : FindTests(running), IClassFixture<RealService>;
