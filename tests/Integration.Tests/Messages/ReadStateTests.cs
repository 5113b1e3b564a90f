using Beat.Messaging.Members.Contracts;
using Beat.Messaging.Messages.Contracts;
using Beat.Messaging.Messages.Store;
using Beat.Messaging.Messages.Subscriptions;
using Beat.Messaging.Shared.Abstractions;

namespace Beat.Messaging.Integration.Tests.Messages;

/// <summary>What is unread, and how devices agree on it.</summary>
public abstract class ReadStateTests(RunningService running)
{
    private readonly Service service = running.Service;

    [SkippableFact]
    public async Task Unread_counts_from_the_mark_and_all_devices_hear_it_move()
    {
        var (ana, rui, group) = await Two();
        for (var i = 1; i <= 3; i++)
            await ana.SendText(group, $"{i}");
        var row = await Unread(rui, group, r => (long)r["unread"]! == 3);
        Assert.Equal((0, 3, 0), ((long)row["last_read_seq"]!, (long)row["head_seq"]!, (int)row["mentions"]!));
        Assert.Equal("3", (string?)row["last_message"]!["payload"]!["content"]);
        Assert.Equal((string?)row["last_message"]!["inserted_at"], (string?)row["last_activity_at"]);
        // One's own are read.
        Assert.Equal(0, (long)(await Unread(ana, group, r => (long)r["last_read_seq"]! == 3))["unread"]!);

        await using var phone = await rui.Connect();
        await using var anas = await ana.Connect();
        var read = (await rui.Put($"/api/groups/{group}/read", new { seq = 2 })).Expect(200);
        Assert.Equal((1, 0), ((long)read["unread"]!, (int)read["mentions"]!));
        var moved = (await phone.Await("ReadMoved"))[0];
        Assert.Equal(
            (group, 2, 1, 0),
            (moved["group_id"]!.GetValue<Guid>(), (long)moved["seq"]!, (long)moved["unread"]!, (int)moved["mentions"]!));
        // Never back, and then nobody is told.
        Assert.Equal(1, (long)(await rui.Put($"/api/groups/{group}/read", new { seq = 1 })).Expect(200)["unread"]!);
        await using var tablet = await rui.Connect();
        Assert.Equal(0, (long)(await phone.Call("MarkRead", group, 1000))!["unread"]!);
        var last = (await tablet.Await("ReadMoved"))[0];
        Assert.Equal((3, 0), ((long)last["seq"]!, (long)last["unread"]!));
        Assert.Equal([2, 3], (await phone.Await("ReadMoved", 2)).Select(push => (long)push["seq"]!));
        Assert.Equal(3, (long)(await Unread(rui, group, _ => true))["last_read_seq"]!);

        // What is sent reads what was before it, on the other devices too.
        await ana.SendText(group, "4");
        await rui.SendText(group, "5");
        await phone.Await("ReadMoved", where: push => (long)push["seq"]! == 5 && (long)push["unread"]! == 0);
        Assert.DoesNotContain(anas.Of("ReadMoved"), push => (long)push["seq"]! == 5);
    }

    [SkippableFact]
    public async Task Mentions_count_above_the_mark_and_follow_edits_and_deletions()
    {
        var (ana, rui, group) = await Two();
        var first = await Send(ana, group, "Rui?", rui);
        var second = await Send(ana, group, "Rui!", rui);
        var third = await Send(ana, group, "Anybody?");
        await Unread(rui, group, r => (long)r["unread"]! == 3 && (int)r["mentions"]! == 2);
        (await ana.Patch(
            $"/api/groups/{group}/messages/{third["id"]}", new { content = "Rui, too?", mentions = new[] { rui.Id } }))
                .Expect(200);
        await Unread(rui, group, r => (int)r["mentions"]! == 3);
        (await ana.Patch($"/api/groups/{group}/messages/{third["id"]}", new { content = "Still", mentions = new[] { rui.Id } }))
            .Expect(200);
        (await ana.Patch(
            $"/api/groups/{group}/messages/{second["id"]}", new { content = "Nobody", mentions = Array.Empty<Guid>() }))
                .Expect(200);
        await Unread(rui, group, r => (int)r["mentions"]! == 2);
        (await ana.Delete($"/api/groups/{group}/messages/{first["id"]}")).Expect(204);
        // A tombstone is unread all the same.
        await Unread(rui, group, r => (int)r["mentions"]! == 1 && (long)r["unread"]! == 3);
        Assert.Equal((1, 1), Counts((await rui.Put($"/api/groups/{group}/read", new { seq = 2 })).Expect(200)));
        Assert.Equal((0, 0), Counts((await rui.Put($"/api/groups/{group}/read", new { seq = 3 })).Expect(200)));
    }

    [SkippableFact]
    public async Task Who_comes_in_has_nothing_unread_and_who_comes_back_neither()
    {
        var (ana, rui, group) = await Two();
        for (var i = 1; i <= 3; i++)
            await ana.SendText(group, $"{i}");
        var eva = await service.Person("Eva");
        await ana.Invite(group, eva);
        Assert.Equal(
            (0, 3), ((long)(await Unread(eva, group, _ => true))["unread"]!,
                (long)(await Unread(eva, group, _ => true))["last_read_seq"]!));
        await Unread(rui, group, r => (long)r["unread"]! == 3);
        (await rui.Post($"/api/groups/{group}/leave")).Expect(204);
        Assert.Empty((await rui.Get("/api/messages/unread")).Expect(200)["data"]!.AsArray());
        Assert.Equal("group_not_found", (await rui.Put($"/api/groups/{group}/read", new { seq = 1 })).Code);
        await ana.SendText(group, "4");
        await ana.Invite(group, rui);
        Assert.Equal(4, (long)(await Unread(rui, group, _ => true))["last_read_seq"]!);
        await ana.SendText(group, "5");
        await Unread(rui, group, r => (long)r["unread"]! == 1);
        (await ana.Delete($"/api/groups/{group}")).Expect(204);
        Assert.Empty((await rui.Get("/api/messages/unread")).Expect(200)["data"]!.AsArray());
    }

    [SkippableFact]
    public async Task Groups_come_by_their_last_activity_and_an_empty_one_has_no_message()
    {
        var ana = await service.Person("Ana");
        var (one, two, empty) = (await ana.CreateGroup("One"), await ana.CreateGroup("Two"), await ana.CreateGroup("Empty"));
        await ana.SendText(two, "first");
        await Unread(ana, two, r => (long)r["head_seq"]! == 1);
        await ana.SendText(one, "second");
        await Unread(ana, one, r => (long)r["head_seq"]! == 1);
        var rows = (await ana.Get("/api/messages/unread")).Expect(200)["data"]!.AsArray();
        Assert.Equal([one, two, empty], rows.Select(r => r!["group_id"]!.GetValue<Guid>()));
        Assert.Equal(
            (0, 0, null, null),
            ((long)rows[2]!["head_seq"]!, (long)rows[2]!["unread"]!, (string?)rows[2]!["last_activity_at"],
                rows[2]!["last_message"]));
    }

    [SkippableFact]
    public async Task Events_that_come_again_or_late_change_nothing()
    {
        var (ana, rui, group) = await Two();
        var sent = await Send(ana, group, "Rui?", rui);
        await ana.SendText(group, "2");
        await Unread(rui, group, r => (long)r["unread"]! == 2 && (int)r["mentions"]! == 1);
        (await ana.Patch(
            $"/api/groups/{group}/messages/{sent["id"]}", new { content = "Nobody", mentions = Array.Empty<Guid>() }))
                .Expect(200);
        await Unread(rui, group, r => (int)r["mentions"]! == 0);
        (await rui.Put($"/api/groups/{group}/read", new { seq = 1 })).Expect(200);

        var keeper = service.Services.GetRequiredService<KeepReadState>();
        var id = sent["id"]!.GetValue<Guid>();
        var created = new TextMessageSent(
            id, 1, group, ana.Id, "Rui?", null, [rui.Id], sent["inserted_at"]!.GetValue<DateTimeOffset>());
        for (var i = 0; i < 2; i++)
        {
            await keeper.Handle(
                [new Envelope<TextMessageSent>(id, $"{id}", 1, created.InsertedAt, null, created)], CancellationToken.None);
            var row = await Unread(rui, group, _ => true);
            Assert.Equal(
                (1, 0, 2, "2"),
                ((long)row["unread"]!, (int)row["mentions"]!, (long)row["head_seq"]!,
                    (string)row["last_message"]!["payload"]!["content"]!));
        }
        // Not even the creation of a message that was edited before it was told.
        var late = created with { Id = Guid.CreateVersion7(), Seq = 2 };
        var edited = new MessageEdited(late.Id, 2, group, ana.Id, "x", null, [], late.InsertedAt, null, null, 2, late.InsertedAt);
        await keeper.Handle(
            [new Envelope<MessageEdited>(Guid.NewGuid(), $"{late.Id}", 2, late.InsertedAt, null, edited)],
            CancellationToken.None);
        await keeper.Handle(
            [new Envelope<TextMessageSent>(late.Id, $"{late.Id}", 1, late.InsertedAt, null, late)], CancellationToken.None);
        Assert.Equal(0, (int)(await Unread(rui, group, _ => true))["mentions"]!);
    }

    [SkippableFact]
    public async Task Nothing_is_kept_of_what_a_deleted_profile_has_read()
    {
        var (ana, rui, group) = await Two();
        await Send(ana, group, "Rui?", rui);
        await Send(ana, group, "Rui!", rui);
        // Counted for good, not only as what is stored and yet to be counted.
        var outbox = service.Services.GetRequiredService<MessageOutbox>();
        await Until.True(
            async () => (await outbox.ReadPending(
                $"messages.{nameof(KeepReadState)}", DateTimeOffset.MaxValue, 1, default)).Events.Count == 0, "both are counted");
        await Unread(rui, group, r => (int)r["mentions"]! == 2);
        (await rui.Put($"/api/groups/{group}/read", new { seq = 1 })).Expect(200);
        await service.Services.GetRequiredService<OnUserDeleted>().Handle(
            new Envelope<UserDeleted>(Guid.NewGuid(), $"{rui.Id}", 2, DateTimeOffset.UtcNow, null, new UserDeleted(rui.Id)),
            CancellationToken.None);
        var row = await Unread(rui, group, _ => true);
        Assert.Equal((0, 2, 0), ((long)row["last_read_seq"]!, (long)row["unread"]!, (int)row["mentions"]!));
    }

    [SkippableFact]
    public async Task A_mark_that_makes_no_sense_is_refused_at_both_doors()
    {
        var (_, rui, group) = await Two();
        await using var socket = await rui.Connect();
        foreach (var body in new object[] { new { }, new { seq = -1 }, new { seq = "x" }, new { seq = 1.5 },
            new { seq = 1, profile_id = rui.Id } })
            Assert.Equal("validation_error", (await rui.Put($"/api/groups/{group}/read", body)).Code);
        foreach (var seq in new object?[] { -1, "x", 1.5, null })
            Assert.Equal("validation_error", (string?)(await socket.Refused("MarkRead", group, seq))["code"]);
        Assert.Equal((0, 0), Counts((await rui.Put($"/api/groups/{group}/read", new { seq = long.MaxValue })).Expect(200)));
    }

    private static (long Unread, int Mentions) Counts(JsonNode answer) => ((long)answer["unread"]!, (int)answer["mentions"]!);

    private static async Task<JsonNode> Send(Person person, Guid group, string content, params Person[] mentioned) =>
        (await person.Post($"/api/groups/{group}/messages", new { content, mentions = mentioned.Select(p => p.Id) })).Expect(201);

    /// <summary>Counts follow a send within a moment.</summary>
    private static async Task<JsonNode> Unread(Person person, Guid group, Func<JsonNode, bool> until)
    {
        JsonNode? row = null;
        await Until.True(
            async () =>
            {
                row = (await person.Get("/api/messages/unread")).Expect(200)["data"]!.AsArray()
                    .SingleOrDefault(r => r!["group_id"]!.GetValue<Guid>() == group);
                return row is not null && until(row);
            },
            $"the counts of {group}");
        return row!;
    }

    private async Task<(Person Ana, Person Rui, Guid Group)> Two()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        return (ana, rui, group);
    }
}

/// <inheritdoc/>
public sealed class EmbeddedReadStateTests(EmbeddedService running) : ReadStateTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class MongoReadStateTests(MongoService running) : ReadStateTests(running), IClassFixture<MongoService>;
