namespace Beat.Messaging.Invites.Tests;

/// <summary>Invites into a group that is deleted at the same time, on each database: none of them stays.</summary>
public sealed class InviteRaceTests
{
    private const int Rounds = 10, Invitees = 8;

    [Fact]
    public async Task An_invite_of_the_moment_in_which_its_group_is_deleted_does_not_stay_on_SQLite()
    {
        await using var service = await Service.Start();
        await Race(service);
    }

    [SkippableFact]
    public async Task An_invite_of_the_moment_in_which_its_group_is_deleted_does_not_stay_on_PostgreSQL()
    {
        await using var service = await Service.Start(isPatient: true, null, $"DATABASE_URL={await Servers.PostgreSql()}");
        await Race(service);
    }

    private static async Task Race(Service service)
    {
        var ana = await service.Person("Ana");
        var others = await Task.WhenAll(Enumerable.Range(0, Invitees).Select(i => service.Person($"Rui {i}")));
        var invited = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var group = await ana.CreateGroup($"Group {round}");
            var invites = others.Select(other => ana.Post($"/api/groups/{group}/invites", new { invitee_id = other.Id }))
                .ToList();
            var deleted = ana.Delete($"/api/groups/{group}");
            foreach (var answer in await Task.WhenAll(invites))
            {
                Assert.True(
                    answer is { Status: 201 } or { Status: 404, Code: "group_not_found" }, $"{answer.Status} {answer.Code}");
                invited += answer.Status == 201 ? 1 : 0;
            }
            Assert.Equal(204, (await deleted).Status);
        }
        Assert.NotEqual(0, invited);
        foreach (var other in others)
            await Until.True(
                async () => (await other.Get("/api/invites")).Expect(200)["data"]!.AsArray().Count == 0, "no invite is left");
    }
}
