namespace Beat.Messaging.Integration.Tests.Messages;

/// <summary>A garment that everybody wants, on each database: its index decides.</summary>
public sealed class BorrowRaceTests
{
    private const int Groups = 10, Loans = 1000;

    [Fact]
    public async Task Of_a_thousand_accepts_of_a_garment_at_once_one_wins_on_SQLite()
    {
        await using var service = await Service.Start();
        await Race(service);
    }

    [SkippableFact]
    public async Task Of_a_thousand_accepts_of_a_garment_at_once_one_wins_on_PostgreSQL()
    {
        await using var service = await Service.Start(null, $"DATABASE_URL={await Servers.PostgreSql()}");
        await Race(service);
    }

    private static async Task Race(Service service)
    {
        // Staff, whose sends are not limited.
        var (ana, rui) = (await service.Person("Ana", role: "admin"), await service.Person("Rui", role: "admin"));
        var garment = Guid.NewGuid();
        var open = new List<(Guid Group, string Id)>();
        for (var i = 0; i < Groups; i++)
        {
            var group = await ana.CreateGroup($"Group {i}");
            await ana.Invite(group, rui);
            open.AddRange(
                (await Task.WhenAll(
                    Enumerable.Range(0, Loans / Groups).Select(_ => Repeated(() => rui.Post($"/api/groups/{group}/messages", new
                    {
                        type = "borrow",
                        content = "May I?",
                        garment_id = garment,
                        borrow = new { owner_id = ana.Id },
                        client_message_id = $"{Guid.NewGuid()}",
                    }))))).Select(sent => (group, (string)sent.Expect(201)["id"]!)));
        }
        var answers = await Task.WhenAll(
            open.Select(loan => Repeated(() => ana.Post($"/api/groups/{loan.Group}/messages/{loan.Id}/borrow/accept"))));
        Assert.Equal(1, answers.Count(answer => answer.Status == 200));
        Assert.Equal(Loans - 1, answers.Count(answer => answer is { Status: 409, Code: "garment_on_loan" }));
        Assert.Single((await ana.Get("/api/borrows?role=lender&state=accepted")).Expect(200)["data"]!.AsArray());
    }

    /// <summary>A store that a thousand wait for is late for some: they repeat, as clients do.</summary>
    private static async Task<Answer> Repeated(Func<Task<Answer>> request)
    {
        while (true)
        {
            var answer = await request();
            if (answer.Status != 503)
                return answer;
            await Task.Delay(Random.Shared.Next(100, 3000));
        }
    }
}
