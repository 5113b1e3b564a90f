using Beat.Messaging.Messages.Loans;
using Microsoft.Extensions.Time.Testing;

namespace Beat.Messaging.Integration.Tests.Messages;

/// <summary>Loans from request to return, over REST and the hub.</summary>
public abstract class BorrowTests(RunningService running)
{
    private readonly Service service = running.Service;

    [SkippableFact]
    public async Task A_garment_is_asked_for_lent_and_brought_back()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup("Winter coats");
        await ana.Invite(group, rui);
        await using var anas = await ana.Connect();
        await using var ruis = await rui.Connect();
        var joined = await anas.Join(group);
        await ruis.Join(group);
        var garment = Guid.NewGuid();
        var due = DateTimeOffset.UtcNow.AddDays(3)
            .ToString("yyyy-MM-ddTHH:mm:ss.000Z", System.Globalization.CultureInfo.InvariantCulture);
        var sent = (await anas.Call("SendBorrowMessage", group, new
        {
            content = "May I?",
            garment_id = garment,
            borrow = new { kind = "request", owner_id = rui.Id, due_at = due },
            client_message_id = $"{Guid.NewGuid()}",
        }))!;
        var id = (string)sent["id"]!;
        await ruis.Await(
            "NotificationReceived", where: n => (string?)n["type"] == "borrow" && (string?)n["data"]!["state"] == "open");

        var accepted = (await rui.Post(Route(group, id, "accept"))).Expect(200);
        Assert.Equal("accepted", (string?)accepted["borrow"]!["state"]);
        Assert.Equal(due, (string?)accepted["borrow"]!["due_at"]);
        Assert.Equal(2, (int)accepted["revision"]!);
        var pushed = (await anas.Await("BorrowChanged"))[0];
        Assert.Equal(accepted.ToJsonString(), pushed.ToJsonString());
        await anas.Await(
            "NotificationReceived", where: n => (string?)n["type"] == "borrow" && (string?)n["data"]!["state"] == "accepted");

        var handed = (await ruis.Call("ActOnBorrow", group, id, "hand_over", null))!;
        Assert.Equal(
            ("handed_over", false, 3),
            ((string)handed["borrow"]!["state"]!, (bool)handed["borrow"]!["overdue"]!, (int)handed["revision"]!));
        // Again by the same person, and by another.
        Assert.Equal(3, (int)(await ruis.Call("ActOnBorrow", group, id, "hand_over", null))!["revision"]!);
        Assert.Equal("handed_over", (string?)(await rui.Post(Route(group, id, "accept"))).Expect(200)["borrow"]!["state"]);
        var refused = await anas.Refused("ActOnBorrow", group, id, "return", null);
        Assert.Equal("borrow_transition", (string?)refused["code"]);
        Assert.Equal("handed_over", (string?)refused["state"]);
        Assert.Equal(["dispute"], refused["allowed"]!.AsArray().Select(a => (string)a!));

        var returned = (await rui.Post(Route(group, id, "return"))).Expect(200);
        Assert.Equal(
            [("accept", "accepted", rui.Id), ("hand_over", "handed_over", rui.Id), ("return", "returned", rui.Id)],
            returned["borrow"]!["history"]!.AsArray()
                .Select(m => ((string)m!["action"]!, (string)m["state"]!, m["actor_id"]!.GetValue<Guid>())));
        Assert.Equal(
            ["accepted", "handed_over", "returned"],
            (await anas.Await("BorrowChanged", 3)).Select(m => (string)m["borrow"]!["state"]!));

        // What was pushed is what is read, listed, and learned after a while away.
        Assert.Equal(returned.ToJsonString(), (await ana.Get($"/api/groups/{group}/messages/{id}")).Expect(200).ToJsonString());
        Assert.Equal(
            returned.ToJsonString(), (await ana.Get($"/api/groups/{group}/messages?type=borrow&garment_id={garment}"))
                .Expect(200)["data"]![0]!.ToJsonString());
        var rejoined = await anas.Join(group, new { after_seq = 1, changed_since = (string)joined["changed"]! });
        Assert.Equal(returned.ToJsonString(), rejoined["changed_messages"]![0]!.ToJsonString());
        var mine = (await ana.Get("/api/borrows?role=borrower")).Expect(200)["data"]!.AsArray();
        Assert.Equal("returned", (string?)Assert.Single(mine)!["state"]);
        Assert.Equal(
            ["group_id", "message_id", "garment_id", "kind", "state", "lender_id", "borrower_id", "due_at", "overdue", "history",
                "inserted_at"],
            mine[0]!.AsObject().Select(field => field.Key));

        var records = await KafkaProbe.ReadUntil(service.Kafka, "messaging_chat_events", read => OfLoan(read, id).Count >= 3);
        var moves = OfLoan(records, id);
        Assert.Equal(["accepted", "handed_over", "returned"], moves.Select(v => (string)v["payload"]!["state"]!));
        Assert.Equal([1, 2, 3], moves.Select(v => (int)v["metadata"]!["aggregate_version"]!));
        Assert.Single(moves.Select(v => (string)v["metadata"]!["aggregate_id"]!).Distinct());
        Assert.NotEqual(id, (string?)moves[0]["metadata"]!["aggregate_id"]);
        // The message itself told its creation, and nothing more.
        Assert.Equal("borrow_message", Assert.Single(
            records.Select(r => r["value"]!).Where(v => (string?)v["metadata"]?["aggregate_id"] == id)
                .Select(v => (string)v["event_type"]!).Distinct()));
    }

    [SkippableFact]
    public async Task An_offer_is_taken_by_one_and_the_lender_has_the_last_word_on_the_day()
    {
        var (ana, rui, eva) = (await service.Person("Ana"), await service.Person("Rui"), await service.Person("Eva"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        await ana.Invite(group, eva);
        var offer = await Send(ana, group, Guid.NewGuid(), new { kind = "offer" });
        Assert.Equal(["withdraw"], Allowed(await ana.Post(Route(group, offer, "accept")), "open"));
        var proposed = DateTimeOffset.UtcNow.AddDays(2);
        var taken = (await rui.Post(Route(group, offer, "accept"), new { due_at = proposed })).Expect(200)["borrow"]!;
        Assert.Equal((ana.Id, rui.Id), (taken["lender_id"]!.GetValue<Guid>(), taken["borrower_id"]!.GetValue<Guid>()));
        Assert.Equal([], Allowed(await eva.Post(Route(group, offer, "accept")), "accepted"));
        Assert.Equal(["cancel"], Allowed(await rui.Post(Route(group, offer, "hand_over")), "accepted"));
        var last = DateTimeOffset.UtcNow.AddDays(5);
        var handed = (await ana.Post(Route(group, offer, "hand_over"), new { due_at = last })).Expect(200)["borrow"]!;
        Assert.Equal(last, handed["due_at"]!.GetValue<DateTimeOffset>(), TimeSpan.FromMilliseconds(1));
        Assert.Equal("disputed", (string?)(await rui.Post(Route(group, offer, "dispute"))).Expect(200)["borrow"]!["state"]);

        // Without a word of anybody it is 14 days.
        var another = await Send(eva, group, Guid.NewGuid());
        (await ana.Post(Route(group, another, "accept"))).Expect(200);
        var term = (await ana.Post(Route(group, another, "hand_over")))
            .Expect(200)["borrow"]!["due_at"]!.GetValue<DateTimeOffset>() - DateTimeOffset.UtcNow;
        Assert.InRange(term, TimeSpan.FromDays(14) - TimeSpan.FromMinutes(1), TimeSpan.FromDays(14));
    }

    [SkippableFact]
    public async Task Of_many_who_want_an_offer_at_once_one_takes_it_and_a_repeat_moves_nothing()
    {
        var ana = await service.Person("Ana");
        var group = await ana.CreateGroup(isPublic: true);
        var others = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => service.Person($"Person {i}")));
        foreach (var other in others)
            (await other.Post($"/api/groups/{group}/join")).Expect(201);
        // The first move may come before the row is made: who makes it is part of the race.
        var offer = await Send(ana, group, Guid.NewGuid(), new { kind = "offer" });
        var answers = await Task.WhenAll(
            others.SelectMany(
                other => Enumerable.Range(0, 4)
                    .Select(async _ => (other.Id, Answer: await other.Post(Route(group, offer, "accept"))))));
        var winner = Assert.Single(answers.Where(a => a.Answer.Status == 200).Select(a => a.Id).Distinct());
        Assert.All(answers.Where(a => a.Id == winner), a => a.Answer.Expect(200));
        Assert.All(answers.Where(a => a.Id != winner), a => Assert.Equal([], Allowed(a.Answer, "accepted")));
        var stored = (await ana.Get($"/api/groups/{group}/messages/{offer}")).Expect(200);
        Assert.Equal(winner, stored["borrow"]!["borrower_id"]!.GetValue<Guid>());
        Assert.Single(stored["borrow"]!["history"]!.AsArray());
        Assert.Equal(2, (int)stored["revision"]!);
        Assert.Single((await ana.Get("/api/notifications?type=borrow")).Expect(200)["data"]!.AsArray());
    }

    [SkippableFact]
    public async Task What_is_not_back_in_time_is_overdue_until_it_is()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        var id = await Send(rui, group, Guid.NewGuid(), new { due_at = DateTimeOffset.UtcNow.AddDays(1) });
        (await ana.Post(Route(group, id, "accept"))).Expect(200);
        Assert.False(
            (bool)(await ana.Post(Route(group, id, "hand_over"), new { due_at = DateTimeOffset.UtcNow.AddSeconds(3) }))
                .Expect(200)["borrow"]!["overdue"]!);
        await Until.True(
            async () => (bool)(await rui.Get($"/api/groups/{group}/messages/{id}")).Expect(200)["borrow"]!["overdue"]!,
            "the day to pass");
        Assert.True((bool)Assert.Single((await rui.Get("/api/borrows")).Expect(200)["data"]!.AsArray())!["overdue"]!);
        Assert.False((bool)(await ana.Post(Route(group, id, "return"))).Expect(200)["borrow"]!["overdue"]!);
    }

    [SkippableFact]
    public async Task What_cannot_be_done_is_refused_by_name()
    {
        var (ana, rui, eva) = (await service.Person("Ana"), await service.Person("Rui"), await service.Person("Eva"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        await ana.Invite(group, eva);
        var id = await Send(ana, group, Guid.NewGuid(), new { owner_id = rui.Id });
        Refused(await rui.Post(Route(group, id, "steal")), 400, "validation_error", "action");
        Refused(await rui.Post(Route(group, id, "expire")), 400, "validation_error", "action");
        Refused(await rui.Post(Route(group, id, "decline"), new { due_at = DateTimeOffset.UtcNow.AddDays(1) }), 400,
            "validation_error", "due_at");
        Refused(await rui.Post(Route(group, id, "accept"), new { due_at = DateTimeOffset.UtcNow.AddDays(-1) }), 400,
            "validation_error", "due_at");
        Refused(await rui.Post(Route(group, id, "accept"), new { due_at = "soon" }), 400, "validation_error", "due_at");
        Refused(await rui.Post(Route(group, id, "accept"), new { state = "returned" }), 400, "validation_error", "state");
        Refused(await rui.Post(Route(group, $"{Guid.NewGuid()}", "accept")), 404, "message_not_found");
        var text = await ana.SendText(group, "No loan");
        Refused(await rui.Post(Route(group, (string)text["id"]!, "accept")), 404, "borrow_not_found");
        Refused(await rui.Get("/api/borrows?role=owner"), 400, "validation_error", "role");
        Refused(await rui.Get("/api/borrows?state=lost"), 400, "validation_error", "state");
        Assert.Equal([], Allowed(await eva.Post(Route(group, id, "accept")), "open"));
        Assert.Equal(["withdraw"], Allowed(await ana.Post(Route(group, id, "accept")), "open"));
        Assert.Equal(["accept", "decline"], Allowed(await rui.Post(Route(group, id, "hand_over")), "open"));
        await using var ruis = await rui.Connect();
        Assert.Equal("validation_error", (string?)(await ruis.Refused("ActOnBorrow", group, id, 5, null))["code"]);
        Assert.Equal("validation_error", (string?)(await ruis.Refused("ActOnBorrow", group, id, "accept", "now"))["code"]);
        Assert.Equal("declined", (string?)(await rui.Post(Route(group, id, "decline"))).Expect(200)["borrow"]!["state"]);
        Assert.Equal([], Allowed(await rui.Post(Route(group, id, "accept")), "declined"));
    }

    [SkippableFact]
    public async Task A_garment_is_on_loan_once_and_only_those_who_may_know_learn_to_whom()
    {
        var (ana, rui, eva) = (await service.Person("Ana"), await service.Person("Rui"), await service.Person("Eva"));
        var (one, two) = (await ana.CreateGroup("One"), await ana.CreateGroup("Two"));
        await ana.Invite(one, rui);
        await ana.Invite(two, rui);
        await ana.Invite(two, eva);
        var garment = Guid.NewGuid();
        var lent = await Send(rui, one, garment, new { owner_id = ana.Id, due_at = DateTimeOffset.UtcNow.AddDays(9) });
        (await ana.Post(Route(one, lent, "accept"))).Expect(200);

        var again = await Send(eva, two, garment, new { owner_id = ana.Id });
        var refused = await ana.Post(Route(two, again, "accept"));
        Refused(refused, 409, "garment_on_loan");
        Assert.Equal(rui.Id, refused.Body!["profile_id"]!.GetValue<Guid>());
        Assert.NotNull((string?)refused.Body["due_at"]);
        // Eva is not in the other group.
        var offer = await Send(ana, two, garment, new { kind = "offer" });
        var unknown = await eva.Post(Route(two, offer, "accept"));
        Refused(unknown, 409, "garment_on_loan");
        Assert.False(unknown.Body!.AsObject().ContainsKey("profile_id"));
        Assert.False(unknown.Body.AsObject().ContainsKey("due_at"));
        // Another's garment of that id is another garment.
        var others = await Send(ana, two, garment, new { owner_id = rui.Id });
        (await rui.Post(Route(two, others, "accept"))).Expect(200);

        (await ana.Post(Route(one, lent, "hand_over"))).Expect(200);
        Refused(await ana.Post(Route(two, again, "accept")), 409, "garment_on_loan");
        (await ana.Post(Route(one, lent, "return"))).Expect(200);
        (await ana.Post(Route(two, again, "accept"))).Expect(200);
    }

    [SkippableFact]
    public async Task Whoever_goes_takes_what_is_open_along_and_keeps_what_runs()
    {
        var (ana, rui, eva) = (await service.Person("Ana"), await service.Person("Rui"), await service.Person("Eva"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        await ana.Invite(group, eva);
        var runs = await Send(rui, group, Guid.NewGuid(), new { owner_id = ana.Id });
        (await ana.Post(Route(group, runs, "accept"))).Expect(200);
        var asked = await Send(rui, group, Guid.NewGuid());
        var asking = await Send(ana, group, Guid.NewGuid(), new { owner_id = rui.Id });
        var stays = await Send(eva, group, Guid.NewGuid(), new { owner_id = ana.Id });
        (await ana.Delete($"/api/groups/{group}/members/{rui.Id}")).Expect(200);

        foreach (var id in new[] { asked, asking })
        {
            JsonNode borrow = null!;
            // Those whose row was not there yet are closed as it is made.
            await Until.True(async () =>
            {
                borrow = (await ana.Get($"/api/groups/{group}/messages/{id}")).Expect(200)["borrow"]!;
                return (string)borrow["state"]! == "withdrawn";
            }, "the open ones to be withdrawn");
            var move = Assert.Single(borrow["history"]!.AsArray())!;
            Assert.Equal(
                ("withdraw", "member_gone", null), ((string?)move["action"], (string?)move["reason"], (string?)move["actor_id"]));
        }
        Assert.Equal("open", (string?)(await ana.Get($"/api/groups/{group}/messages/{stays}")).Expect(200)["borrow"]!["state"]);

        // Rui sees nothing of the group but what runs, and ends it there; a stranger does not.
        Refused(await rui.Get($"/api/groups/{group}/messages/{runs}"), 404, "group_not_found");
        Refused(await rui.Post(Route(group, asking, "accept")), 409, "borrow_transition");
        Refused(await rui.Post(Route(group, stays, "accept")), 404, "group_not_found");
        Refused(await (await service.Person("Stranger")).Post(Route(group, runs, "cancel")), 404, "group_not_found");
        Assert.Equal(
            "accepted", (string?)Assert.Single(
                (await rui.Get("/api/borrows?state=accepted")).Expect(200)["data"]!.AsArray())!["state"]);
        Assert.Equal(["cancel"], Allowed(await rui.Post(Route(group, runs, "return")), "accepted"));
        (await ana.Post(Route(group, runs, "hand_over"))).Expect(200);
        // The group goes, too.
        (await ana.Delete($"/api/groups/{group}")).Expect(204);
        await using var ruis = await rui.Connect();
        Assert.Equal("disputed", (string?)(await ruis.Call("ActOnBorrow", group, runs, "dispute", null))!["state"]);
        var loan = (await rui.Post(Route(group, runs, "dispute"))).Expect(200);
        Assert.Equal(Guid.Parse(runs), loan["message_id"]!.GetValue<Guid>());
        Assert.Null(loan["payload"]);
        Assert.Equal(
            "disputed", (string?)Assert.Single(
                (await ana.Get("/api/borrows?role=lender&state=disputed")).Expect(200)["data"]!.AsArray())!["state"]);
        var closed = (await eva.Get("/api/borrows?role=borrower")).Expect(200)["data"]!.AsArray().Single()!;
        Assert.Equal(("withdrawn", "group_deleted"), ((string?)closed["state"], (string?)closed["history"]![0]!["reason"]));
    }

    [SkippableFact]
    public async Task Deleting_a_message_withdraws_what_is_open_and_is_refused_for_what_runs()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        var open = await Send(rui, group, Guid.NewGuid());
        (await ana.Delete($"/api/groups/{group}/messages/{open}")).Expect(204);
        var tombstone = (await rui.Get($"/api/groups/{group}/messages/{open}")).Expect(200);
        Assert.NotNull((string?)tombstone["deleted_at"]);
        Assert.Equal("withdrawn", (string?)tombstone["borrow"]!["state"]);
        var move = Assert.Single(tombstone["borrow"]!["history"]!.AsArray())!;
        Assert.Equal(("message_deleted", ana.Id), ((string?)move["reason"], move["actor_id"]!.GetValue<Guid>()));
        Assert.Equal([], Allowed(await ana.Post(Route(group, open, "accept")), "withdrawn"));
        (await ana.Delete($"/api/groups/{group}/messages/{open}")).Expect(204);

        var runs = await Send(rui, group, Guid.NewGuid());
        (await ana.Post(Route(group, runs, "accept"))).Expect(200);
        Assert.Equal(["cancel"], Allowed(await rui.Delete($"/api/groups/{group}/messages/{runs}"), "accepted"));
        (await ana.Post(Route(group, runs, "hand_over"))).Expect(200);
        Refused(await rui.Delete($"/api/groups/{group}/messages/{runs}"), 409, "borrow_transition");
        (await ana.Post(Route(group, runs, "return"))).Expect(200);
        (await rui.Delete($"/api/groups/{group}/messages/{runs}")).Expect(204);
        Assert.Equal(
            "returned", (string?)(await rui.Get($"/api/groups/{group}/messages/{runs}")).Expect(200)["borrow"]!["state"]);
    }

    [SkippableFact]
    public async Task My_loans_are_paged_over_groups_newest_first()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var sent = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            var group = await ana.CreateGroup($"Group {i}");
            await ana.Invite(group, rui);
            sent.Add(i % 2 == 0
                ? await Send(ana, group, Guid.NewGuid(), new { owner_id = rui.Id })
                : await Send(ana, group, Guid.NewGuid(), new { kind = "offer" }));
        }
        await Until.True(
            async () => (await ana.Get("/api/borrows")).Expect(200)["data"]!.AsArray().Count == 5, "the rows of the loans");
        var seen = new List<string>();
        var page = (await ana.Get("/api/borrows?limit=2")).Expect(200);
        var first = Ids(page);
        seen.AddRange(first);
        string? second = null;
        while ((bool)page["pagination"]!["has_more"]!)
        {
            page = (await ana.Get($"/api/borrows?limit=2&after={page["pagination"]!["next_cursor"]}")).Expect(200);
            second ??= (string?)page["pagination"]!["prev_cursor"];
            seen.AddRange(Ids(page));
        }
        Assert.Equal(Enumerable.Reverse(sent), seen);
        Assert.Equal(first, Ids((await ana.Get($"/api/borrows?limit=2&before={second}")).Expect(200)));
        Assert.Equal([sent[4], sent[2], sent[0]], Ids((await ana.Get("/api/borrows?role=borrower&state=open")).Expect(200)));
        Assert.Equal([sent[3], sent[1]], Ids((await ana.Get("/api/borrows?role=lender")).Expect(200)));
        Assert.Equal([sent[4], sent[2], sent[0]], Ids((await rui.Get("/api/borrows?role=lender")).Expect(200)));
        Assert.Empty(Ids((await rui.Get("/api/borrows?state=returned")).Expect(200)));

        static IReadOnlyList<string> Ids(JsonNode page) =>
            [.. page["data"]!.AsArray().Select(loan => (string)loan!["message_id"]!)];
    }

    [SkippableFact]
    public async Task What_nobody_answers_expires_whichever_node_is_first()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        await using var ruis = await rui.Connect();
        await ruis.Join(group);
        var old = await Send(ana, group, Guid.NewGuid(), new { owner_id = rui.Id });
        await Until.True(
            async () => (await rui.Get("/api/borrows")).Expect(200)["data"]!.AsArray().Count == 1, "the row of the loan");
        var now = DateTimeOffset.UtcNow;
        await Nodes(now.AddDays(7).AddMinutes(-1));
        Assert.Equal("open", await State());
        await Nodes(now.AddDays(7).AddMinutes(1));
        Assert.Equal("expired", await State());
        var borrow = (await ruis.Await("BorrowChanged"))[0]["borrow"]!;
        Assert.Equal(("expire", null), ((string?)borrow["history"]![0]!["action"], (string?)borrow["history"]![0]!["actor_id"]));
        Assert.Single(borrow["history"]!.AsArray());
        Assert.Single((await ana.Get("/api/notifications?type=borrow")).Expect(200)["data"]!.AsArray());
        Assert.Equal([], Allowed(await rui.Post(Route(group, old, "accept")), "expired"));

        async Task<string> State() =>
            (string)(await ana.Get($"/api/groups/{group}/messages/{old}")).Expect(200)["borrow"]!["state"]!;
    }

    [SkippableFact]
    public async Task What_is_due_is_reminded_of_once_ahead_and_once_past()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        var now = DateTimeOffset.UtcNow;
        var id = await Send(rui, group, Guid.NewGuid(), new { due_at = now.AddDays(5) });
        (await ana.Post(Route(group, id, "accept"))).Expect(200);
        await Nodes(now.AddDays(6));
        // Not handed over, so there is nothing to bring back.
        Assert.Equal((0, 0), await Reminders());
        (await ana.Post(Route(group, id, "hand_over"))).Expect(200);
        await Nodes(now.AddDays(4).AddMinutes(-1));
        Assert.Equal((0, 0), await Reminders());
        await Nodes(now.AddDays(4).AddMinutes(1));
        Assert.Equal((0, 1), await Reminders());
        await Nodes(now.AddDays(5).AddMinutes(-1));
        Assert.Equal((0, 1), await Reminders());
        await Nodes(now.AddDays(5).AddMinutes(1));
        Assert.Equal((1, 2), await Reminders());
        await Nodes(now.AddDays(9));
        Assert.Equal((1, 2), await Reminders());

        // Nodes that slept tell the last one only; a loan of hours has no day ahead.
        var late = await Send(rui, group, Guid.NewGuid(), new { due_at = now.AddDays(5) });
        (await ana.Post(Route(group, late, "accept"))).Expect(200);
        (await ana.Post(Route(group, late, "hand_over"))).Expect(200);
        await Nodes(now.AddDays(9));
        Assert.Equal((2, 3), await Reminders());
        var hours = await Send(rui, group, Guid.NewGuid());
        (await ana.Post(Route(group, hours, "accept"))).Expect(200);
        (await ana.Post(Route(group, hours, "hand_over"), new { due_at = now.AddHours(5) })).Expect(200);
        await Nodes(now.AddHours(4));
        Assert.Equal((2, 3), await Reminders());
        await Nodes(now.AddHours(6));
        Assert.Equal((3, 4), await Reminders());
        var reminder = (await rui.Get("/api/notifications?type=borrow_reminder&limit=1")).Expect(200)["data"]![0]!;
        Assert.Equal(Guid.Parse(hours), reminder["data"]!["message_id"]!.GetValue<Guid>());

        async Task<(int Lender, int Borrower)> Reminders() => (await Count(ana), await Count(rui));
        static async Task<int> Count(Person person) =>
            (await person.Get("/api/notifications?type=borrow_reminder")).Expect(200)["data"]!.AsArray().Count;
    }

    /// <summary>Two nodes that have just started, at that time, at once.</summary>
    private Task Nodes(DateTimeOffset at) => Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        ActivatorUtilities.CreateInstance<LoanTimers>(service.Services, new FakeTimeProvider(at)).RunDue(default))));

    private static async Task<string> Send(Person sender, Guid group, Guid garment, object? borrow = null) =>
        (string)(await sender.Post(
        $"/api/groups/{group}/messages",
        new
        {
            type = "borrow",
            content = "May I?",
            garment_id = garment,
            borrow = borrow ?? new { },
            client_message_id = $"{Guid.NewGuid()}"
        })).Expect(201)["id"]!;

    private static string Route(Guid group, string id, string action) => $"/api/groups/{group}/messages/{id}/borrow/{action}";

    private static List<JsonNode> OfLoan(IReadOnlyList<JsonNode> records, string messageId) =>
    [
        .. records.Select(r => r["value"]!)
            .Where(v => (string?)v["event_type"] == "borrow_changed" && (string?)v["payload"]!["message_id"] == messageId)
            // They come at least once.
            .DistinctBy(v => (string)v["metadata"]!["event_id"]!),
    ];

    private static IEnumerable<string> Allowed(Answer answer, string state)
    {
        Refused(answer, 409, "borrow_transition");
        Assert.Equal(state, (string?)answer.Body!["state"]);
        return answer.Body["allowed"]!.AsArray().Select(action => (string)action!);
    }

    private static void Refused(Answer answer, int status, string code, string? field = null)
    {
        Assert.True(
            (answer.Status, answer.Code) == (status, code),
            $"Expected {status} {code}, got {answer.Status} {answer.Body?.ToJsonString()}");
        if (field is not null)
            Assert.NotNull(answer.Body!["errors"]![field]);
    }
}

/// <inheritdoc/>
public sealed class EmbeddedBorrowTests(EmbeddedService running) : BorrowTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class MongoBorrowTests(MongoService running) : BorrowTests(running), IClassFixture<MongoService>;
