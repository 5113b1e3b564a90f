namespace Beat.Messaging.Messages.Tests;

/// <summary>How fast a person may send. Nothing here depends on a store.</summary>
public sealed class SendLimitTests : IAsyncLifetime
{
    private Service service = null!;

    // So slow that a busy machine does not fill the bucket in between: a send comes back after a second.
    public async Task InitializeAsync() => service = await Service.Start(null, "Limits:SendsPerSecond=1", "Limits:SendBurst=5");

    public async Task DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task A_burst_is_let_through_and_then_one_is_told_to_wait_at_both_doors()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        await using var socket = await ana.Connect();
        var first = await Send(ana, group);
        first.Expect(201);
        Assert.Equal(("5", "4"), (first.Headers["RateLimit-Limit"], first.Headers["RateLimit-Remaining"]));
        Assert.Equal("1", first.Headers["RateLimit-Reset"]);
        // One bucket for both doors, and a repeat counts.
        var answers = new List<Answer>();
        await Until.True(
            async () =>
            {
                answers.Add(await ana.Post($"/api/groups/{group}/messages", new { content = "again", client_message_id = "a" }));
                return answers[^1].Status == 429;
            },
            "the end of the burst");
        Assert.InRange(answers.Count, 5, 60);
        var refused = answers[^1];
        Assert.Equal("rate_limited", refused.Code);
        Assert.Equal(("1", "0"), (refused.Headers["Retry-After"], refused.Headers["RateLimit-Remaining"]));
        Assert.Equal(1, (int)refused.Body!["retry_after"]!);
        await Until.True(
            async () =>
            {
                try
                {
                    var problem = await socket.Refused("SendTextMessage", group, new { content = "by the hub" });
                    Assert.Equal(
                        ("rate_limited", 429, 1),
                        ((string)problem["code"]!, (int)problem["status"]!, (int)problem["retry_after"]!));
                    return true;
                }
                catch (InvalidOperationException)
                {
                    // A second had passed, and it was sent.
                    return false;
                }
            },
            "a refusal by the hub");
        // Others have buckets of their own, and everything but sending goes on.
        (await Send(rui, group)).Expect(201);
        (await ana.Get($"/api/groups/{group}/messages")).Expect(200);
        await Until.True(async () => (await Send(ana, group)).Status == 201, "the bucket to fill");
    }

    [Fact]
    public async Task Staff_is_exempt()
    {
        var staff = await service.Person("Staff", role: "admin");
        var group = await staff.CreateGroup();
        for (var i = 0; i < 12; i++)
        {
            var sent = await Send(staff, group);
            sent.Expect(201);
            Assert.DoesNotContain("RateLimit-Limit", sent.Headers.Keys);
        }
    }

    [Fact]
    public async Task Who_guesses_invites_is_told_when_to_go_on()
    {
        var ana = await service.Person("Ana");
        Answer last = null!;
        // A minute may end in between.
        for (var i = 0; i < 25 && last?.Status != 429; i++)
            last = await ana.Post("/api/invites/accept", new { token = $"guess-{i}" });
        Assert.Equal("rate_limited", last.Code);
        Assert.InRange(int.Parse(last.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        Assert.Equal(last.Headers["Retry-After"], $"{last.Body!["retry_after"]}");
    }

    private static Task<Answer> Send(Person person, Guid group) =>
        person.Post($"/api/groups/{group}/messages", new { content = "x" });
}
