using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Beat.Messaging.Invites.Tests;

/// <summary>An invite from its making to its end, as those concerned meet it.</summary>
public abstract class InviteTests(RunningService running)
{
    private readonly Service service = running.Service;

    [SkippableFact]
    public async Task An_invite_goes_through_its_states_and_tells_those_concerned()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup("Coats");
        await using var ruis = await rui.Connect();
        await using var anas = await ana.Connect();
        var invite =
            (await ana.Post($"/api/groups/{group}/invites", new { invitee_id = rui.Id, role = "moderator", expires_in = 3600 }))
                .Expect(201);
        var pushed = (await ruis.Await("InviteReceived"))[0];
        Assert.Equal("Coats", (string?)pushed["group_name"]);
        Assert.Equal("Ana", (string?)pushed["inviter_name"]);
        Assert.Equal((string?)invite["token"], (string?)pushed["token"]);
        Assert.Equal("group_invite", (string?)(await ruis.Await("NotificationReceived"))[0]["type"]);
        Assert.Equal(1, (int)(await ruis.Await("UnreadChanged"))[0]["unread"]!);
        Assert.Equal(
            (string?)invite["id"],
            (string?)(await ana.Post($"/api/groups/{group}/invites", new { invitee_id = rui.Id })).Expect(200)["id"]);
        Assert.Equal("rate_limited", (await ana.Post($"/api/invites/{invite["id"]}/resend")).Code);

        (await ana.Delete($"/api/invites/{invite["id"]}")).Expect(204);
        await ruis.Await("InviteWithdrawn");
        Assert.Equal("invite_fail_accept", (await rui.Post($"/api/invites/{invite["id"]}/accept")).Code);

        var second = (await ana.Post($"/api/groups/{group}/invites", new { invitee_id = rui.Id, role = 1 })).Expect(201);
        Assert.Equal(
            "accepted", (string?)(await rui.Post("/api/invites/accept", new { token = (string)second["token"]! }))
                .Expect(200)["status"]);
        Assert.Equal("moderator", (string?)(await rui.Get($"/api/groups/{group}")).Expect(200)["my_role"]);
        Assert.Equal("moderator", (string?)(await ruis.Await("MembershipGranted"))[0]["role"]);
        Assert.Equal("invite_accepted", (string?)(await anas.Await("NotificationReceived"))[0]["type"]);
        Assert.Equal("already_member", (await ana.Post($"/api/groups/{group}/invites", new { invitee_id = rui.Id })).Code);
        Assert.Equal("invite_self", (await ana.Post($"/api/groups/{group}/invites", new { invitee_id = ana.Id })).Code);
        Assert.Equal(
            "user_not_found", (await ana.Post($"/api/groups/{group}/invites", new { invitee_id = Guid.NewGuid() })).Code);

        var notification = (await rui.Get("/api/notifications")).Expect(200)["data"]![0]!["id"]!.GetValue<Guid>();
        await ruis.Call("MarkNotificationRead", notification);
        Assert.True((bool)(await rui.Get($"/api/notifications/{notification}")).Expect(200)["read"]!);
        (await rui.Put("/api/notifications/read")).Expect(204);
        Assert.Equal(0, (int)(await rui.Get("/api/notifications/unread_count")).Expect(200)["unread"]!);
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
        var reminders = service.Services.GetServices<IHostedService>().OfType<ExpireInvites.ExpireInvites>().Single();
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
        Assert.Equal(
            ("Winter coats", 1, "Ana", "pending"),
            ((string)read["group_name"]!, (int)read["member_count"]!, (string)read["inviter_name"]!, (string)read["status"]!));

        async Task Invite(Person invitee, int seconds) =>
            (await ana.Post($"/api/groups/{group}/invites", new { invitee_id = invitee.Id, expires_in = seconds })).Expect(201);

        static async Task<int> Told(Person person) =>
            (await person.Get("/api/notifications?type=group_invite")).Expect(200)["data"]!.AsArray().Count;
    }

    [SkippableFact]
    public async Task Guessed_invite_tokens_are_limited()
    {
        var ana = await service.Person("Ana");
        var answers = new List<Answer>();
        for (var i = 0; i < 25; i++)
            answers.Add(await ana.Post("/api/invites/accept", new { token = $"guess-{i}" }));
        Assert.Equal("invite_not_found", answers[0].Code);
        var limited = answers[^1];
        Assert.Equal("rate_limited", limited.Code);
        Assert.InRange((int)limited.Body!["retry_after"]!, 1, 60);
        Assert.Equal($"{limited.Body["retry_after"]}", limited.Headers["Retry-After"]);
    }

    [SkippableFact]
    public async Task Guesses_at_invite_tokens_are_counted_whatever_they_look_like()
    {
        foreach (var door in new[] { "accept", "decline" })
        {
            var rui = await service.Person("Rui");
            string[] guesses =
            [
                "abcde", "x", "", " ", "!!!!", "=", "====", "👍", "null", "\u202e", "\u0001", "a b", "a/b+c", new string('A', 43),
                new string('A', 42), new string('A', 44), new string('_', 43), new string('A', 42) + "=", new string('x', 10_000),
                $"{Guid.NewGuid()}", "../../x",
            ];
            var statuses = new List<int>();
            foreach (var token in guesses)
                statuses.Add((await rui.Post($"/api/invites/{door}", new { token })).Status);
            // Ten a minute, and a minute may end among them.
            Assert.All(statuses, status => Assert.True(status is 404 or 429, $"{status}"));
            Assert.Contains(429, statuses);
        }
    }
}

/// <inheritdoc/>
public sealed class EmbeddedInviteTests(EmbeddedService running) : InviteTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealInviteTests(RealService running) : InviteTests(running), IClassFixture<RealService>;
