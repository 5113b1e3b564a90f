using Beat.Messaging.Invites.Contracts;
using Beat.Messaging.Messages.Contracts;
using Beat.Messaging.Messages.Store;
using Beat.Messaging.Notifications.Subscriptions;
using Beat.Messaging.Shared.Abstractions;

namespace Beat.Messaging.Integration.Tests.Notifications;

/// <summary>Counts follow what they count: what is not read and not so any more is taken back.</summary>
public abstract class WithdrawalTests(RunningService running)
{
    private readonly Service service = running.Service;

    [SkippableFact]
    public async Task A_mention_that_is_edited_out_or_deleted_is_taken_back_on_every_device()
    {
        var (group, ana, rui, eva) = await Trio();
        await using var phone = await rui.Connect();
        await using var laptop = await rui.Connect();
        var (first, second) = (await Say(ana, group, "Rui?", [rui.Id]), await Say(ana, group, "Rui and Eva!", [rui.Id, eva.Id]));
        await Unread(rui, 2);
        await Unread(eva, 1);
        var told = (await rui.Get("/api/notifications?type=mention")).Expect(200)["data"]!.AsArray().Select(n => n!)
            .ToDictionary(n => n["data"]!["message_id"]!.GetValue<Guid>());
        await Edit(ana, group, first, "Nobody", []);
        await Unread(rui, 1);
        foreach (var device in new[] { phone, laptop })
        {
            Assert.Equal((string?)told[first]["id"], (string?)(await device.Await("NotificationWithdrawn"))[0]["id"]);
            await device.Await("UnreadChanged", 2, push => (int)push["unread"]! == 1);
        }
        Assert.Equal("notification_not_found", (await rui.Get($"/api/notifications/{told[first]["id"]}")).Code);
        Assert.Equal("notification_not_found", (await rui.Put($"/api/notifications/{told[first]["id"]}/read")).Code);
        (await ana.Delete($"/api/groups/{group}/messages/{second}")).Expect(204);
        await Unread(rui, 0);
        await Unread(eva, 0);
        await laptop.Await("UnreadChanged", 1, push => (int)push["unread"]! == 0);
        Assert.Empty(await Told(rui, "mention"));
    }

    [SkippableFact]
    public async Task Who_is_mentioned_again_is_told_again_unless_they_have_read_of_it()
    {
        var (group, ana, rui, eva) = await Trio();
        var id = await Say(ana, group, "You two", [rui.Id, eva.Id]);
        await Unread(rui, 1);
        await Unread(eva, 1);
        (await eva.Put("/api/notifications/read", new { })).Expect(204);
        for (var round = 0; round < 3; round++)
        {
            await Edit(ana, group, id, $"Nobody {round}", []);
            await Unread(rui, 0);
            await Edit(ana, group, id, $"You two {round}", [eva.Id, rui.Id]);
            await Unread(rui, 1);
        }
        // What was read is history.
        Assert.Equal((0, 1, 1), (await Count(eva), (await Told(eva, "mention")).Count, (await Told(rui, "mention")).Count));
        (await rui.Put("/api/notifications/read", new { })).Expect(204);
        (await ana.Delete($"/api/groups/{group}/messages/{id}")).Expect(204);
        await Settled();
        Assert.Equal((0, 1), (await Count(rui), (await Told(rui, "mention")).Count));
    }

    [SkippableFact]
    public async Task An_answer_is_taken_back_with_its_message_and_not_with_a_mention_in_it()
    {
        var (group, ana, rui, eva) = await Trio();
        var question = await Say(rui, group, "Who has a raincoat?");
        var (answer, other) =
            (await Say(ana, group, "Me", replyTo: question), await Say(eva, group, "Rui, me", [rui.Id], replyTo: question));
        await Unread(rui, 2);
        Assert.Equal(["mention", "reply"], (await Told(rui)).Select(n => (string)n["type"]!).Order());
        await Edit(eva, group, other, "Me", []);
        await Until.True(async () => (await Told(rui, "reply")).Count == 2, "it is an answer still");
        await Unread(rui, 2);
        await Edit(eva, group, other, "Rui", [rui.Id]);
        await Until.True(async () => (await Told(rui, "mention")).Count == 1, "it mentions again");
        // What it answers may be gone: the answer is not.
        (await rui.Delete($"/api/groups/{group}/messages/{question}")).Expect(204);
        await Settled();
        await Unread(rui, 2);
        (await ana.Delete($"/api/groups/{group}/messages/{answer}")).Expect(204);
        await Unread(rui, 1);
        (await eva.Delete($"/api/groups/{group}/messages/{other}")).Expect(204);
        await Unread(rui, 0);
    }

    [SkippableFact]
    public async Task An_invite_that_is_over_is_not_unread()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        await using var ruis = await rui.Connect();
        var ends = new (string Name, bool IsKept, Func<Guid, JsonNode, Task<Answer>> End)[]
        {
            ("revoked", false, (_, invite) => ana.Delete($"/api/invites/{invite["id"]}")),
            ("declined", true, (_, invite) => rui.Post($"/api/invites/{invite["id"]}/decline")),
            ("accepted", true, (_, invite) => rui.Post("/api/invites/accept", new { token = (string)invite["token"]! })),
            ("with its group", false, (group, _) => ana.Delete($"/api/groups/{group}")),
        };
        foreach (var (name, isKept, end) in ends)
        {
            var group = await ana.CreateGroup(name);
            var invite = (await ana.Post($"/api/groups/{group}/invites", new { invitee_id = rui.Id })).Expect(201);
            Assert.Equal(1, await Count(rui));
            Assert.True((await end(group, invite)).Status is 200 or 204);
            Assert.Equal(0, await Count(rui));
            Assert.Equal(
                isKept, (await Told(rui, "group_invite")).Any(n => (string?)n["data"]!["invite_id"] == (string?)invite["id"]));
        }
        await ruis.Await("UnreadChanged", ends.Length, push => (int)push["unread"]! == 0);
        await ruis.Await("NotificationWithdrawn", 2);
    }

    [SkippableFact]
    public async Task Nothing_of_an_invite_is_told_after_its_end_however_late_it_comes()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup();
        var handler = service.Services.GetRequiredService<OnSiblingEvents>();
        var ends = new Func<Guid, Task>[]
        {
            id => handler.Handle(Of(new InviteRevoked(id, group, rui.Id)), default),
            id => handler.Handle(Of(new InviteExpired(id, group, rui.Id)), default),
            id => handler.Handle(Of(new InviteDeclined(id, group, rui.Id)), default),
            id => handler.Handle(Of(new InviteAccepted(id, group, rui.Id, "", 0)), default),
        };
        foreach (var end in ends)
        {
            var (id, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
            await end(id);
            var created = Of(new InviteCreated(id, group, ana.Id, rui.Id, 0, 0));
            await handler.Handle(created, default);
            await handler.Handle(created, default);
            await handler.Handle(Of(new InviteResent(id, group, ana.Id, rui.Id, DateTimeOffset.UtcNow)), default);
            Assert.Equal(0, await Count(rui));
            // Another one is another, also when the end of the first comes again.
            await handler.Handle(Of(new InviteCreated(other, group, ana.Id, rui.Id, 0, 0)), default);
            await end(id);
            Assert.Equal(1, await Count(rui));
            await end(other);
            await end(other);
            Assert.Equal(0, await Count(rui));
        }

        static Envelope<TEvent> Of<TEvent>(TEvent happened)
            where TEvent : IIntegrationEvent => new(Guid.CreateVersion7(), "", 1, DateTimeOffset.UtcNow, null, happened);
    }

    [SkippableFact]
    public async Task Events_of_messages_that_come_late_or_again_change_nothing()
    {
        var (group, ana, rui, eva) = await Trio();
        var (gone, edited, kept) =
            (await Say(ana, group, "1", [rui.Id]), await Say(ana, group, "2", [rui.Id]), await Say(ana, group, "3", [rui.Id]));
        (await ana.Delete($"/api/groups/{group}/messages/{gone}")).Expect(204);
        await Edit(ana, group, edited, "Eva", [eva.Id]);
        await Settled();
        var handler = service.Services.GetRequiredService<OnMessages>();
        var at = DateTimeOffset.UtcNow;
        for (var round = 0; round < 2; round++)
        {
            foreach (var (id, seq) in new[] { (gone, 1L), (edited, 2L), (kept, 3L) })
            {
                var sent = new TextMessageSent(id, seq, group, ana.Id, "x", null, [rui.Id], at);
                await handler.Handle([new Envelope<TextMessageSent>(id, $"{id}", 1, at, null, sent)], default);
                var before = new MessageEdited(id, seq, group, ana.Id, "x", null, [rui.Id], at, null, null, 2, at);
                await handler.Handle([new Envelope<MessageEdited>(Guid.CreateVersion7(), $"{id}", 2, at, null, before)], default);
            }
            Assert.Equal((1, 1), (await Count(rui), await Count(eva)));
        }
    }

    /// <summary>Events of an earlier version do not say whom a message answers.</summary>
    [SkippableFact]
    public async Task What_is_told_of_an_answer_stays_when_an_event_does_not_say_whom_it_answers()
    {
        var (group, ana, rui, eva) = await Trio();
        var question = await Say(rui, group, "Who has a raincoat?");
        var answer = await Say(ana, group, "Me, and Eva", [eva.Id], replyTo: question);
        await Unread(rui, 1);
        await Unread(eva, 1);
        var handler = service.Services.GetRequiredService<OnMessages>();
        var at = DateTimeOffset.UtcNow;
        var edited = new MessageEdited(answer, 2, group, ana.Id, "Me", question, [], at, null, null, 2, at);
        await handler.Handle([new Envelope<MessageEdited>(Guid.CreateVersion7(), $"{answer}", 2, at, null, edited)], default);
        Assert.Equal((1, 0), (await Count(rui), await Count(eva)));
        await handler.Handle(
            [new Envelope<MessageEdited>(
                Guid.CreateVersion7(), $"{answer}", 3, at, null, edited with { Revision = 3, ReplyToSenderId = eva.Id })],
                    default);
        Assert.Equal((0, 1), (await Count(rui), await Count(eva)));
        var deleted = new MessageDeleted(answer, 2, group, ana.Id, 4, at);
        await handler.Handle([new Envelope<MessageDeleted>(Guid.CreateVersion7(), $"{answer}", 4, at, null, deleted)], default);
        // Late, and from before: nothing comes back of what is gone.
        await handler.Handle(
            [new Envelope<MessageEdited>(
                Guid.CreateVersion7(), $"{answer}", 3, at, null, edited with { Revision = 3, ReplyToSenderId = rui.Id })],
                    default);
        Assert.Equal((0, 0), (await Count(rui), await Count(eva)));
    }

    [SkippableFact]
    public async Task A_request_to_borrow_that_is_not_open_any_more_is_not_unread()
    {
        var (group, ana, rui, _) = await Trio();
        foreach (var (who, end) in new (Person, Func<Guid, Task<Answer>>)[]
        {
            (ana, id => rui.Post($"/api/groups/{group}/messages/{id}/borrow/withdraw")),
            (ana, id => rui.Delete($"/api/groups/{group}/messages/{id}")),
            (ana, id => ana.Post($"/api/groups/{group}/messages/{id}/borrow/decline")),
            (ana, id => ana.Post($"/api/groups/{group}/messages/{id}/borrow/accept")),
        })
        {
            // At once, before the request itself is told; and after it.
            foreach (var isTold in new[] { false, true })
            {
                (await who.Put("/api/notifications/read", new { })).Expect(204);
                var id = (await rui.Post($"/api/groups/{group}/messages", new
                {
                    type = "borrow",
                    content = "May I?",
                    garment_id = Guid.NewGuid(),
                    borrow = new { kind = "request", owner_id = ana.Id },
                    client_message_id = $"{Guid.NewGuid()}",
                })).Expect(201)["id"]!.GetValue<Guid>();
                if (isTold)
                    await Unread(who, 1);
                Assert.True((await end(id)).Status is 200 or 204);
                await Settled();
                Assert.DoesNotContain(
                    await Told(who, "borrow"), n => !(bool)n["read"]! && (string?)n["data"]!["state"] == "open");
            }
        }
    }

    [SkippableFact]
    public async Task Who_goes_has_nothing_unread_of_the_group_and_nobody_of_one_that_is_gone()
    {
        var (group, ana, rui, eva) = await Trio();
        var other = await ana.CreateGroup("Another");
        await ana.Invite(other, rui);
        await Say(ana, other, "Rui?", [rui.Id]);
        await Say(ana, group, "You two", [rui.Id, eva.Id]);
        (await ana.Patch($"/api/groups/{group}/members/{rui.Id}", new { role = "moderator" })).Expect(200);
        await Unread(rui, 3);
        await Unread(eva, 1);
        (await rui.Post($"/api/groups/{group}/leave")).Expect(204);
        // What is of another group stays.
        Assert.Equal((1, 1), (await Count(rui), await Count(eva)));
        (await ana.Delete($"/api/groups/{group}/members/{eva.Id}")).Expect(200);
        Assert.Equal(["member_kicked"], (await Told(eva)).Where(n => !(bool)n["read"]!).Select(n => (string)n["type"]!));
        (await ana.Delete($"/api/groups/{other}")).Expect(204);
        Assert.Equal(["group_deleted"], (await Told(rui)).Where(n => !(bool)n["read"]!).Select(n => (string)n["type"]!));
    }

    [SkippableFact]
    public async Task Folded_messages_that_are_deleted_are_not_counted()
    {
        var (group, ana, rui, eva) = await Trio("Coats");
        (await rui.Put("/api/notifications/preferences", new { group_id = group, level = "all" })).Expect(200);
        var ids = new List<Guid>();
        for (var i = 1; i <= 5; i++)
            ids.Add(await Say(i == 4 ? rui : ana, group, $"{i}"));
        ids.Add(await Say(eva, group, "Rui?", [rui.Id]));
        await Settled();
        Assert.Equal(2, await Count(rui));
        // What was not counted takes nothing away.
        await Delete(rui, ids[3]);
        await Delete(eva, ids[5]);
        await Counted(4);
        await Unread(rui, 1);
        await Delete(ana, ids[0]);
        await Counted(3);
        await Delete(ana, ids[2]);
        await Counted(2);
        var told = Assert.Single(await Told(rui, "message"));
        Assert.Equal(
            ("2 new messages in Coats", 2, 5),
            ((string)told["title"]!, (int)told["data"]!["first_seq"]!, (int)told["data"]!["last_seq"]!));
        await Delete(ana, ids[4]);
        await Delete(ana, ids[1]);
        await Unread(rui, 0);
        Assert.Empty(await Told(rui, "message"));
        // The next begins a new one.
        await Say(ana, group, "Again");
        await Unread(rui, 1);
        Assert.Equal("1 new message in Coats", (string?)Assert.Single(await Told(rui, "message"))["title"]);

        async Task Delete(Person who, Guid id) => (await who.Delete($"/api/groups/{group}/messages/{id}")).Expect(204);

        // What is told again in a while counts as it was told last.
        Task Counted(int count) => Until.True(
            async () => (await Told(rui, "message")) is [var one] && (int)one["data"]!["count"]! == count,
            $"{count} are counted");
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Counts_are_those_of_a_model_after_whatever_happens(int seed)
    {
        var random = new Random(seed);
        var people = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => service.Person($"Person {i}")));
        var group = await people[0].CreateGroup(isPublic: true);
        var model = new Model(people.Length);
        for (var step = 1; step <= 80; step++)
        {
            var who = random.Next(people.Length);
            var path = $"/api/groups/{group}/messages";
            switch (random.Next(11))
            {
                case 0 when who != 0 && model.Members.Contains(who):
                    await Settled();
                    (await people[who].Post($"/api/groups/{group}/leave")).Expect(204);
                    model.Leave(who);
                    break;
                case 0 or 1 or 2 when !model.Members.Contains(who):
                    await Settled();
                    (await people[who].Post($"/api/groups/{group}/join")).Expect(201);
                    model.Join(who);
                    break;
                case 1 when model.Members.Contains(who):
                    await Settled();
                    var seq = random.Next(model.Messages.Count + 1);
                    (await people[who].Put($"/api/groups/{group}/read", new { seq })).Expect(200);
                    model.Read(who, seq);
                    break;
                case 2:
                    await Settled();
                    (await people[who].Put("/api/notifications/read", new { })).Expect(204);
                    model.ReadNotifications(who);
                    break;
                case 3 or 4 or 5 when model.Messages.Any(m => !m.IsDeleted && model.Members.Contains(m.Sender)):
                    var open = model.Messages.Where(m => !m.IsDeleted && model.Members.Contains(m.Sender)).ToList();
                    var edited = open[random.Next(open.Count)];
                    int[] mentions = [.. Mentions().Union(edited.Mentions.Where(_ => random.Next(2) == 0))];
                    (await people[edited.Sender].Patch(
                        $"{path}/{edited.Id}", new { content = $"{step}", mentions = mentions.Select(i => people[i].Id) }))
                            .Expect(200);
                    model.Edit(edited, mentions);
                    break;
                case 6 when model.Messages.Any(m => !m.IsDeleted && model.Members.Contains(m.Sender)):
                    var left = model.Messages.Where(m => !m.IsDeleted && model.Members.Contains(m.Sender)).ToList();
                    var deleted = left[random.Next(left.Count)];
                    (await people[deleted.Sender].Delete($"{path}/{deleted.Id}")).Expect(204);
                    model.Delete(deleted);
                    break;
                case > 2 when model.Members.Contains(who):
                    var (named, answered) =
                        (Mentions(), random.Next(3) == 0 && model.Messages.Count > 0
                            ? model.Messages[random.Next(model.Messages.Count)]
                            : null);
                    var sent = (await people[who].Post(path, new
                    {
                        content = $"{step}",
                        mentions = named.Select(i => people[i].Id),
                        reply_to = answered?.Id,
                        client_message_id = $"{Guid.NewGuid()}",
                    })).Expect(201);
                    model.Send(sent["id"]!.GetValue<Guid>(), who, named, answered?.Sender);
                    break;
            }
            if (step % 8 != 0)
                continue;
            await Settled();
            for (var i = 0; i < people.Length; i++)
            {
                Assert.Equal((step, i, model.Notifications(i)), (step, i, await Count(people[i])));
                var row = (await people[i].Get("/api/messages/unread")).Expect(200)["data"]!.AsArray().SingleOrDefault();
                Assert.Equal(
                    (step, i, model.Members.Contains(i) ? model.Unread(i) : null),
                    (step, i, row is null ? null : ((long, int)?)((long)row["unread"]!, (int)row["mentions"]!)));
            }

            int[] Mentions() => [.. model.Members.Where(_ => random.Next(3) == 0)];
        }
    }

    /// <summary>What is to be counted, worked out from what was done alone.</summary>
    private sealed class Model(int people)
    {
        private readonly long[] marks = new long[people];

        public HashSet<int> Members { get; } = [0];

        public List<Said> Messages { get; } = [];

        public int Notifications(int who) => Messages.Count(m => m.Told.GetValueOrDefault(who) == State.Unread);

        public (long, int)? Unread(int who) =>
            (Messages.Count - marks[who], Messages.Count(m => m.Seq > marks[who] && m.Counted.Contains(who)));

        public void Send(Guid id, int sender, int[] mentions, int? answered)
        {
            var message = new Said(id, Messages.Count + 1, sender, answered) { Mentions = mentions };
            Messages.Add(message);
            marks[sender] = message.Seq;
            Follow(message);
        }

        public void Edit(Said message, int[] mentions)
        {
            message.Mentions = mentions;
            Follow(message);
        }

        public void Delete(Said message)
        {
            (message.IsDeleted, message.Mentions) = (true, []);
            Follow(message);
        }

        public void Leave(int who)
        {
            Members.Remove(who);
            foreach (var message in Messages.Where(m => m.Told.GetValueOrDefault(who) == State.Unread))
                message.Told[who] = State.Withdrawn;
        }

        public void Join(int who)
        {
            Members.Add(who);
            marks[who] = Messages.Count;
        }

        public void Read(int who, long seq) => marks[who] = Math.Max(marks[who], Math.Min(seq, Messages.Count));

        public void ReadNotifications(int who)
        {
            foreach (var message in Messages.Where(m => m.Told.GetValueOrDefault(who) == State.Unread))
                message.Told[who] = State.Read;
        }

        private void Follow(Said message)
        {
            message.Counted = [.. message.Mentions.Where(Members.Contains)];
            for (var who = 0; who < people; who++)
            {
                var isFor = !message.IsDeleted && who != message.Sender && Members.Contains(who)
                    && (message.Mentions.Contains(who) || message.Answered == who);
                var state = message.Told.GetValueOrDefault(who);
                if (isFor && (state is State.None or State.Withdrawn))
                    message.Told[who] = State.Unread;
                else if (!isFor && state == State.Unread)
                    message.Told[who] = State.Withdrawn;
            }
        }

        public enum State { None, Unread, Read, Withdrawn }

        public sealed record Said(Guid Id, long Seq, int Sender, int? Answered)
        {
            public int[] Mentions { get; set; } = [];

            public HashSet<int> Counted { get; set; } = [];

            public bool IsDeleted { get; set; }

            public Dictionary<int, State> Told { get; } = [];
        }
    }

    /// <summary>Waits until what messages have to tell is told.</summary>
    private async Task Settled()
    {
        var outbox = service.Services.GetRequiredService<MessageOutbox>();
        foreach (var consumer in new[] { "notifications.OnMessages", "notifications.OnBorrowChanged", "messages.KeepReadState" })
            await Until.True(
                async () => (await outbox.ReadPending(consumer, DateTimeOffset.MaxValue, 1, default)).Events.Count == 0,
                $"{consumer} has had everything");
    }

    private async Task<(Guid Group, Person Ana, Person Rui, Person Eva)> Trio(string name = "Flat")
    {
        var (ana, rui, eva) = (await service.Person("Ana"), await service.Person("Rui"), await service.Person("Eva"));
        var group = await ana.CreateGroup(name);
        await ana.Invite(group, rui);
        await ana.Invite(group, eva);
        // Who came in is read of, so that the counts are those of what follows.
        (await ana.Put("/api/notifications/read", new { })).Expect(204);
        return (group, ana, rui, eva);
    }

    private static async Task<Guid> Say(Person who, Guid group, string content, Guid[]? mentions = null, Guid? replyTo = null) =>
        (await who.Post(
            $"/api/groups/{group}/messages",
            new { content, mentions, reply_to = replyTo, client_message_id = $"{Guid.NewGuid()}" }))
        .Expect(201)["id"]!.GetValue<Guid>();

    private static async Task Edit(Person who, Guid group, Guid id, string content, Guid[] mentions) =>
        (await who.Patch($"/api/groups/{group}/messages/{id}", new { content, mentions })).Expect(200);

    private static async Task<int> Count(Person who) =>
        (int)(await who.Get("/api/notifications/unread_count")).Expect(200)["unread"]!;

    private static Task Unread(Person who, int count) => Until.True(async () => await Count(who) == count, $"{count} are unread");

    private static async Task<IReadOnlyList<JsonNode>> Told(Person who, string? type = null) =>
        [.. (await who.Get("/api/notifications?limit=100")).Expect(200)["data"]!.AsArray()
        .Select(n => n!)
        .Where(n => (string?)n["type"] != "invite_accepted"
            && (type is null ? (string?)n["type"] != "group_invite" : (string?)n["type"] == type))];
}

/// <inheritdoc/>
public sealed class EmbeddedWithdrawalTests(EmbeddedService running) : WithdrawalTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealWithdrawalTests(RealService running) : WithdrawalTests(running), IClassFixture<RealService>;
