using Beat.Messaging.Members.Data;
using Beat.Messaging.Shared.Events.Persistence;

namespace Beat.Messaging.Integration.Tests.Guarantees;

/// <summary>A repeat answers what the first answered: after it, and while it is not answered yet.</summary>
public abstract class RepeatTests(RunningService running)
{
    private const int AtOnce = 8;

    [SkippableFact]
    public async Task Equal_requests_at_once_make_one_group_and_have_one_answer()
    {
        var ana = await running.Service.Person("Ana");
        var headers = new[] { "Idempotency-Key", "idempotency-key", "IDEMPOTENCY-KEY", "iDEMPOTENCY-kEY" };
        for (var round = 0; round < 5; round++)
        {
            var key = $"{Guid.NewGuid()}";
            var answers = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async i =>
            {
                var made = await ana.Send(
                    HttpMethod.Post, "/api/groups", new { name = $"Coats {round}", description = "d" },
                    (headers[i % headers.Length], key));
                // Whoever is answered can use it.
                (await ana.Post(
                    $"/api/groups/{made.Expect(201)["id"]}/messages",
                    new { content = "x", client_message_id = $"{Guid.NewGuid()}" })).Expect(201);
                return made;
            }));
            Assert.Single(answers.Select(a => a.Body!.ToJsonString()).Distinct());
            Assert.Single(answers.Select(a => a.Headers["Location"]).Distinct());
            Assert.Single(answers, a => !a.Headers.ContainsKey("Idempotency-Replayed"));
            Assert.Equal(
                ("owner", 1, 10),
                ((string)answers[0].Body!["my_role"]!, (int)answers[0].Body!["member_count"]!,
                    (int)answers[0].Body!["sustainability_points"]!));
        }
        Assert.Equal(5, (await ana.Get("/api/groups?limit=100")).Expect(200)["data"]!.AsArray().Count);
    }

    [SkippableFact]
    public async Task Different_requests_at_once_under_one_key_make_one_group_and_a_conflict()
    {
        var ana = await running.Service.Person("Ana");
        object[] bodies =
        [
            new { name = "One", description = "d" }, new { name = "Two", description = "d" },
            new { name = "One", description = "other" }, new { name = "One", description = "d", is_public = true },
            new { name = "One", description = "d", avatar_url = "https://example.com/a.png" },
        ];
        for (var round = 0; round < 5; round++)
        {
            var key = $"{Guid.NewGuid()}";
            var answers = await Task.WhenAll(
                bodies.Select(body => ana.Send(HttpMethod.Post, "/api/groups", body, ("Idempotency-Key", key))));
            var made = Assert.Single(answers, a => a.Status == 201);
            Assert.All(answers.Where(a => a != made), a => Assert.Equal((422, "idempotency_conflict"), (a.Status, a.Code)));
            (await ana.Delete($"/api/groups/{made.Body!["id"]}")).Expect(204);
        }
    }

    [SkippableFact]
    public async Task A_group_is_answered_as_it_was_made_whatever_became_of_it()
    {
        var (ana, rui) = (await running.Service.Person("Ana"), await running.Service.Person("Rui"));
        var body = new { name = "Coats", description = "d", avatar_url = "https://example.com/a.png" };
        var first = await ana.Send(HttpMethod.Post, "/api/groups", body, ("Idempotency-Key", "k"));
        var group = first.Expect(201)["id"]!.GetValue<Guid>();
        await Same();
        (await ana.Patch($"/api/groups/{group}", new { name = "Renamed", is_public = true, avatar_url = (string?)null }))
            .Expect(200);
        await ana.Invite(group, rui);
        await Same();
        (await ana.Post($"/api/groups/{group}/transfer", new { member_id = rui.Id })).Expect(200);
        (await ana.Post($"/api/groups/{group}/leave")).Expect(204);
        await Same();
        (await rui.Delete($"/api/groups/{group}")).Expect(204);
        await Same();
        Assert.Equal("group_not_found", (await ana.Get($"/api/groups/{group}")).Code);
        // Another's key is another.
        Assert.NotEqual(
            $"{group}", (string?)(await rui.Send(HttpMethod.Post, "/api/groups", body, ("Idempotency-Key", "k")))
                .Expect(201)["id"]);

        async Task Same()
        {
            var again = await ana.Send(HttpMethod.Post, "/api/groups", body, ("Idempotency-Key", "k"));
            Assert.Equal(first.Body!.ToJsonString(), again.Expect(201).ToJsonString());
            Assert.Equal((first.Headers["Location"], "true"), (again.Headers["Location"], again.Headers["Idempotency-Replayed"]));
        }
    }

    /// <summary>SQLite's writers come one after the other, so that one who holds the turn makes the others late.</summary>
    [SkippableFact]
    public async Task A_group_whose_events_are_late_is_made_all_the_same()
    {
        var ana = await running.Service.Person("Ana");
        var members = running.Service.Services.GetRequiredService<IModuleDatabase<MembersContext>>();
        var body = new { name = "Late", description = "d" };
        Guid group;
        using (await members.AcquireWriteLock(default))
        {
            var first = await ana.Send(HttpMethod.Post, "/api/groups", body, ("Idempotency-Key", "late"));
            Assert.Equal("owner", (string?)first.Expect(201)["my_role"]);
            var again = await ana.Send(HttpMethod.Post, "/api/groups", body, ("Idempotency-Key", "late"));
            Assert.Equal(first.Body!.ToJsonString(), again.Expect(201).ToJsonString());
            group = first.Body!["id"]!.GetValue<Guid>();
            var seen = (await ana.Get($"/api/groups/{group}")).Expect(200);
            Assert.Equal(("owner", 1), ((string)seen["my_role"]!, (int)seen["member_count"]!));
        }
        await Until.True(async () => (await ana.Get($"/api/groups/{group}/members")).Status == 200, "Members hears of it");
        (await ana.Patch($"/api/groups/{group}", new { name = "Renamed" })).Expect(200);
    }

    [SkippableFact]
    public async Task Who_joins_invites_accepts_and_declines_many_times_at_once_does_so_once()
    {
        var ana = await running.Service.Person("Ana");
        for (var round = 0; round < 3; round++)
        {
            var (rui, eva) = (await running.Service.Person("Rui"), await running.Service.Person("Eva"));
            var (open, closed) =
                (await ana.CreateGroup($"Open {round}", isPublic: true), await ana.CreateGroup($"Closed {round}"));
            var joined = await All(() => rui.Post($"/api/groups/{open}/join"), () => rui.Get($"/api/groups/{open}/messages"));
            Assert.Single(joined, a => a.Status == 201);
            Assert.All(joined, a => Assert.True(a.Status is 200 or 201));
            Assert.Single(joined.Select(a => a.Body!.ToJsonString()).Distinct());

            var invited = await All(
                () => ana.Post($"/api/groups/{closed}/invites", new { invitee_id = rui.Id }), () => rui.Get("/api/invites"));
            Assert.Single(invited, a => a.Status == 201);
            Assert.Equal(AtOnce - 1, invited.Count(a => a.Status == 200));
            var id = Assert.Single(invited.Select(a => (string)a.Body!["id"]!).Distinct());
            var accepted = await All(
                () => rui.Post($"/api/invites/{id}/accept"), () => rui.Get($"/api/groups/{closed}/messages"));
            Assert.All(accepted, a => Assert.Equal("accepted", (string?)a.Expect(200)["status"]));
            Assert.Equal("invite_fail_accept", (await rui.Post($"/api/invites/{id}/decline")).Code);
            Assert.Equal(2, (int)(await rui.Get($"/api/groups/{closed}")).Expect(200)["member_count"]!);
            (await rui.Post("/api/invites/accept", new { token = (string)invited[0].Body!["token"]! })).Expect(200);
            // It brings nobody back.
            (await rui.Post($"/api/groups/{closed}/leave")).Expect(204);
            Assert.Equal("invite_fail_accept", (await rui.Post($"/api/invites/{id}/accept")).Code);

            var other = (await ana.Post($"/api/groups/{closed}/invites", new { invitee_id = eva.Id })).Expect(201);
            Assert.All(
                await All(() => eva.Post($"/api/invites/{other["id"]}/decline"), () => eva.Get("/api/invites")),
                a => Assert.Equal("declined", (string?)a.Expect(200)["status"]));
            Assert.Equal("invite_fail_accept", (await eva.Post($"/api/invites/{other["id"]}/accept")).Code);
        }

        // Each is answered, and then sees what it was promised.
        async Task<IReadOnlyList<Answer>> All(Func<Task<Answer>> ask, Func<Task<Answer>> see) =>
            await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            var answer = await ask();
            (await see()).Expect(200);
            return answer;
        }));
    }

    [SkippableFact]
    public async Task A_loan_that_is_moved_many_times_at_once_moves_once()
    {
        var (ana, rui) = (await running.Service.Person("Ana"), await running.Service.Person("Rui"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        var loan = (await rui.Post($"/api/groups/{group}/messages", new
        {
            type = "borrow",
            content = "May I?",
            garment_id = Guid.NewGuid(),
            borrow = new { kind = "request", owner_id = ana.Id },
            client_message_id = $"{Guid.NewGuid()}",
        })).Expect(201)["id"];
        var moves = new[] { ("accept", ana), ("hand_over", ana), ("return", ana) };
        for (var move = 0; move < moves.Length; move++)
        {
            var (action, who) = moves[move];
            var answers = await Task.WhenAll(
                Enumerable.Range(0, AtOnce).Select(_ => who.Post($"/api/groups/{group}/messages/{loan}/borrow/{action}")));
            Assert.Single(answers.Select(a => a.Expect(200).ToJsonString()).Distinct());
            Assert.Equal(move + 1, answers[0].Body!["borrow"]!["history"]!.AsArray().Count);
        }
    }

    [SkippableFact]
    public async Task Mentions_are_a_set()
    {
        var (ana, rui, eva) =
            (await running.Service.Person("Ana"), await running.Service.Person("Rui"), await running.Service.Person("Eva"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        await ana.Invite(group, eva);
        var path = $"/api/groups/{group}/messages";
        Guid[][] same = [[rui.Id, eva.Id], [eva.Id, rui.Id], [rui.Id, rui.Id, eva.Id], [eva.Id, rui.Id, eva.Id, rui.Id],
            [.. Enumerable.Repeat(eva.Id, 24), rui.Id]];
        var sent = (await ana.Post(path, new { content = "You two", mentions = same[0], client_message_id = "m" })).Expect(201);
        foreach (var mentions in same)
        {
            var again = (await ana.Post(path, new { content = "You two", mentions, client_message_id = "m" })).Expect(201);
            Assert.Equal(((string)sent["id"]!, true), ((string)again["id"]!, (bool)again["replayed"]!));
            var fresh = (await ana.Post(path, new { content = "You two", mentions, client_message_id = $"{Guid.NewGuid()}" }))
                .Expect(201);
            Assert.Equal(
                new[] { rui.Id, eva.Id }.Order(),
                fresh["payload"]!["mentions"]!.AsArray().Select(id => id!.GetValue<Guid>()).Order());
            // Nothing is another, so nothing is changed.
            Assert.Equal(
                1, (int)(await ana.Patch($"{path}/{fresh["id"]}", new { content = "You two", mentions = same[3] }))
                    .Expect(200)["revision"]!);
        }
        foreach (var other in new Guid[][] { [], [rui.Id], [rui.Id, rui.Id], [rui.Id, eva.Id, ana.Id] })
            Assert.Equal(
                "idempotency_conflict",
                (await ana.Post(path, new { content = "You two", mentions = other, client_message_id = "m" })).Code);
        Assert.Equal(
            "validation_error",
            (await ana.Post(path, new { content = "x", mentions = Enumerable.Range(0, 26).Select(_ => Guid.NewGuid()) })).Code);
    }

    [SkippableFact]
    public async Task An_edit_may_repeat_mentions_of_somebody_who_has_left()
    {
        var (ana, rui, eva) =
            (await running.Service.Person("Ana"), await running.Service.Person("Rui"), await running.Service.Person("Eva"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        await ana.Invite(group, eva);
        var sent =
            (await ana.Post(
                $"/api/groups/{group}/messages", new { content = "Rui?", mentions = new[] { rui.Id }, client_message_id = "m" }))
                    .Expect(201);
        var path = $"/api/groups/{group}/messages/{sent["id"]}";
        (await rui.Post($"/api/groups/{group}/leave")).Expect(204);
        (await ana.Patch(path, new { content = "Rui, Eva?", mentions = new[] { rui.Id, eva.Id } })).Expect(200);
        (await ana.Patch(path, new { content = "Rui, Eva!" })).Expect(200);
        (await ana.Patch(path, new { content = "Rui!", mentions = new[] { rui.Id, rui.Id } })).Expect(200);
        // Whoever is taken out is no more a member than anybody else.
        (await ana.Patch(path, new { content = "Nobody", mentions = Array.Empty<Guid>() })).Expect(200);
        Assert.Equal("validation_error", (await ana.Patch(path, new { content = "Rui?", mentions = new[] { rui.Id } })).Code);
    }

    [SkippableFact]
    public async Task A_repeat_is_answered_also_when_what_was_right_then_is_not_now()
    {
        var (ana, rui) = (await running.Service.Person("Ana"), await running.Service.Person("Rui"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        var request = new { content = "Rui, is it yours?", mentions = new[] { rui.Id }, client_message_id = "a-1" };
        var path = $"/api/groups/{group}/messages";
        var sent = await ana.Post(path, request);
        Assert.Equal(204, (await rui.Post($"/api/groups/{group}/leave")).Status);

        var again = await ana.Post(path, request);
        Assert.True((bool)again.Expect(201)["replayed"]!);
        Assert.Equal((string?)sent.Expect(201)["id"], (string?)again.Body!["id"]);
        Assert.Equal(sent.Headers["Location"], again.Headers["Location"]);

        // A first send of the same is not right any more, whatever its id.
        foreach (var id in new[] { "a-2", null })
            Assert.Equal(
                "validation_error",
                (await ana.Post(path, new { request.content, request.mentions, client_message_id = id })).Code);
        Assert.Equal(
            "validation_error",
            (await ana.Post(path, new { content = "Another", request.mentions, request.client_message_id })).Code);
    }
}

/// <inheritdoc/>
public sealed class EmbeddedRepeatTests(EmbeddedService running) : RepeatTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealRepeatTests(RealService running) : RepeatTests(running), IClassFixture<RealService>;
