using Beat.Messaging.Groups.Subscriptions;
using Beat.Messaging.Members;
using Beat.Messaging.Members.Contracts;
using Beat.Messaging.Members.Data;
using Beat.Messaging.Messages.Contracts;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Events.Persistence;
using Beat.Messaging.Shared.Hosting.Auth;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Integration.Tests.People;

/// <summary>A deleted profile is gone everywhere, and somebody whom no event has named is nowhere yet.</summary>
public abstract class DeletedProfileTests(RunningService running)
{
    private readonly Service service = running.Service;

    private IPeople People => service.Services.GetRequiredService<IPeople>();

    [SkippableFact]
    public async Task A_token_that_is_still_valid_opens_no_door()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await rui.CreateGroup("Coats", isPublic: true);
        await rui.Invite(group, ana);
        var invite = (await ana.Post($"/api/groups/{group}/invites", new { invitee_id = (await service.Person("Eva")).Id }))
            .Expect(201);
        await using var anas = await ana.Connect();
        await using var other = await ana.Connect("/socket");
        await using var ruis = await rui.Connect();
        await anas.Join(group);
        await ruis.Join(group);
        await People.Deleted(ana.Id, default);

        await Until.True(() => anas.ClosedAt is not null && other.ClosedAt is not null, "the connections to close");
        Assert.Null(ruis.ClosedAt);
        Assert.Equal(HubConnectionState.Disconnected, anas.Hub.State);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => ana.Connect());
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, refused.StatusCode);
        foreach (var (method, path, body) in new (string, string, object?)[]
        {
            ("GET", "groups", null), ("POST", "groups", new { name = "n", description = "d" }),
            ("POST", $"groups/{group}/join", null), ("POST", $"groups/{group}/messages", new { content = "still here" }),
            ("POST", $"invites/{invite["id"]}/accept", null), ("DELETE", $"invites/{invite["id"]}", null),
            ("GET", "users/me/export", null), ("GET", "borrows", null), ("GET", "notifications", null),
            ("PUT", "notifications/read", null), ("GET", "no/such/route/but/open", null),
        })
        {
            var answer = await ana.Send(new HttpMethod(method), $"/api/{path}", body);
            if (path.StartsWith("no/", StringComparison.Ordinal))
            {
                Assert.Equal(404, answer.Status);
                continue;
            }
            Assert.True(
                answer is { Status: 401, Code: "unauthorized" } && answer.Headers.ContainsKey("WWW-Authenticate"),
                $"{method} {path}: {answer.Status}");
        }
        Assert.Equal("user_not_found", (await rui.Post($"/api/groups/{group}/invites", new { invitee_id = ana.Id })).Code);
        Assert.Equal("member_not_found", (await rui.Post($"/api/groups/{group}/transfer", new { member_id = ana.Id })).Code);
        Assert.Equal("member_not_found", (await rui.Patch($"/api/groups/{group}/members/{ana.Id}", new { role = "admin" })).Code);
        Assert.Equal(
            "validation_error",
            (await rui.Post(
                $"/api/groups/{group}/messages",
                new { content = "hi", mentions = new[] { ana.Id }, client_message_id = "m" })).Code);
        // No other door brings them back.
        await People.Created(ana.Id, "auth", "Ana again", DateTimeOffset.UtcNow, default);
        Assert.Equal(401, (await ana.Get("/api/groups")).Status);
    }

    [SkippableFact]
    public async Task Nothing_is_said_earned_or_told_in_the_name_of_a_deleted_profile()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await rui.CreateGroup("Coats");
        await rui.Invite(group, ana);
        await People.Deleted(ana.Id, default);
        var (said, told) = (Guid.NewGuid(), Guid.NewGuid());
        await KafkaProbe.Write(
            service.Kafka, "messaging_chat_events",
            Envelope("text_message", said,
                new JsonObject { ["group_id"] = group, ["sender_id"] = ana.Id, ["content"] = "from nobody" }));
        foreach (var recipient in new[] { ana.Id, Guid.NewGuid() })
        {
            await KafkaProbe.Write(service.Kafka, "messaging_notifications_events", Envelope("notify", told, new JsonObject
            {
                ["recipient_id"] = recipient,
                ["type"] = "garment",
                ["title"] = "Due",
                ["body"] = "Tomorrow",
            }));
        }
        await DeadLetters("messaging_chat_events.dlq", said, 1);
        await DeadLetters("messaging_notifications_events.dlq", told, 2);
        Assert.Empty((await rui.Get($"/api/groups/{group}/messages")).Expect(200)["data"]!.AsArray());

        // An event that comes late pays nobody who is gone.
        TextMessageSent Late(Person sender) => new(Guid.NewGuid(), 1, group, sender.Id, "late", null, [], DateTimeOffset.UtcNow);
        await service.Services.GetRequiredService<OnMessageSent>().Handle(
            [.. new[] { ana, rui }.Select(
                who => new Envelope<TextMessageSent>(Guid.NewGuid(), "m", 1, DateTimeOffset.UtcNow, null, Late(who)))], default);
        var entries = (await rui.Get($"/api/groups/{group}/points")).Expect(200)["data"]!.AsArray()
            .Where(e => (string)e!["rule"]! == "message_sent");
        Assert.Equal([rui.Id], entries.Select(e => e!["profile_id"]!.GetValue<Guid>()));

        async Task DeadLetters(string topic, Guid eventId, int count) =>
            await KafkaProbe.ReadUntil(service.Kafka, topic, read => read.Count(
            r => (string?)r["value"]?["metadata"]?["event_id"] == $"{eventId}"
                && (string?)r["headers"]!["error-code"] == "user_not_found") >= count);
    }

    [SkippableFact]
    public async Task Somebody_whom_no_event_has_named_comes_in_nowhere()
    {
        var ana = await service.Person("Ana");
        var group = await ana.CreateGroup("Coats", isPublic: true);
        var id = Guid.NewGuid();
        var token = service.Services.GetRequiredService<DevelopmentIssuer>()
            .Issue(id, "auth", "Nobody", "client", service.Services.GetRequiredService<EndpointDataSource>().FindScopes(),
                TimeSpan.FromHours(1));
        var nobody = new Person(service.Url, id, token);
        Assert.Equal("user_not_found", (await nobody.Post("/api/groups", new { name = "n", description = "d" })).Code);
        Assert.Equal("user_not_found", (await nobody.Post($"/api/groups/{group}/join")).Code);
        Assert.Equal("user_not_found", (await ana.Post($"/api/groups/{group}/invites", new { invitee_id = id })).Code);
        Assert.Equal("group_not_found", (await nobody.Post($"/api/groups/{await ana.CreateGroup("Private")}/join")).Code);
        // A member of whom that is true, by whatever way, is promoted and made the owner by nobody.
        await Members(async db =>
        {
            var roster = await db.Rosters.SingleAsync(r => r.GroupId == group);
            roster.Add(db, null, id, Role.Member, DateTimeOffset.UtcNow);
            return true;
        });
        Assert.Equal("user_not_found", (await ana.Post($"/api/groups/{group}/transfer", new { member_id = id })).Code);
        Assert.Equal("user_not_found", (await ana.Patch($"/api/groups/{group}/members/{id}", new { role = "admin" })).Code);
        // Once they are named they may do it all.
        await People.Created(id, "auth", "Somebody", DateTimeOffset.UtcNow, default);
        (await ana.Patch($"/api/groups/{group}/members/{id}", new { role = "admin" })).Expect(200);
        await nobody.CreateGroup("Mine");
    }

    [SkippableFact]
    public async Task A_second_deletion_repairs_what_a_race_left()
    {
        var (ana, rui, eva) = (await service.Person("Ana"), await service.Person("Rui"), await service.Person("Eva"));
        var (joined, owned) = (await rui.CreateGroup("Joined"), await rui.CreateGroup("Owned"));
        await rui.Invite(owned, eva);
        await People.Deleted(ana.Id, default);
        await Members(async db =>
        {
            foreach (var roster in await db.Rosters.Where(r => r.GroupId == joined || r.GroupId == owned).ToListAsync())
            {
                var member = roster.Add(db, null, ana.Id, Role.Admin, DateTimeOffset.UtcNow);
                if (roster.GroupId == owned)
                    roster.Transfer(db, member);
            }
            return true;
        });
        Assert.Equal(ana.Id, (await rui.Get($"/api/groups/{owned}")).Expect(200)["owner_id"]!.GetValue<Guid>());
        await People.Deleted(ana.Id, default);
        Assert.DoesNotContain(ana.Id, await Ids(rui, joined));
        Assert.DoesNotContain(ana.Id, await Ids(rui, owned));
        Assert.Equal(rui.Id, (await rui.Get($"/api/groups/{owned}")).Expect(200)["owner_id"]!.GetValue<Guid>());
    }

    [SkippableFact]
    public async Task Whoever_is_let_in_made_owner_or_invited_while_they_are_deleted_is_gone_afterwards()
    {
        var rui = await service.Person("Rui");
        for (var i = 0; i < 6; i++)
        {
            var ana = await service.Person($"Ana {i}");
            var (open, invited, given) =
                (await rui.CreateGroup($"Open {i}", isPublic: true), await rui.CreateGroup($"Invited {i}"),
                    await rui.CreateGroup($"Given {i}"));
            await rui.Invite(given, ana);
            var invite = (await rui.Post($"/api/groups/{invited}/invites", new { invitee_id = ana.Id, role = "admin" }))
                .Expect(201);
            await using var anas = await ana.Connect();
            var delete = Task.Run(() => People.Deleted(ana.Id, default));
            var answers = Task.WhenAll(
                ana.Post($"/api/groups/{open}/join"), ana.Post($"/api/invites/{invite["id"]}/accept"),
                ana.Post("/api/groups", new { name = "Own", description = "d" }),
                rui.Post($"/api/groups/{given}/transfer", new { member_id = ana.Id }),
                rui.Post($"/api/groups/{open}/invites", new { invitee_id = ana.Id }));
            await delete;
            Assert.All(await answers, answer => Assert.True(answer.Status < 500, $"{answer.Status} {answer.Body}"));
            foreach (var group in new[] { open, invited, given })
            {
                Assert.Equal([rui.Id], await Ids(rui, group));
                Assert.Equal(rui.Id, (await rui.Get($"/api/groups/{group}")).Expect(200)["owner_id"]!.GetValue<Guid>());
                Assert.DoesNotContain(
                    (await rui.Get($"/api/groups/{group}/invites?limit=100")).Expect(200)["data"]!.AsArray(),
                    left => left!["invitee_id"]!.GetValue<Guid>() == ana.Id);
            }
            Assert.Equal(
                0, await Members(db => db.Members.CountAsync(m => m.ProfileId == ana.Id && m.State == MemberState.Present)));
            await Until.True(() => anas.ClosedAt is not null, "the connection to close");
        }
    }

    private static async Task<IEnumerable<Guid>> Ids(Person reader, Guid group) =>
        (await reader.Get($"/api/groups/{group}/members")).Expect(200)["data"]!.AsArray()
            .Select(m => m!["profile_id"]!.GetValue<Guid>());

    private async Task<T> Members<T>(Func<MembersContext, Task<T>> change) =>
        (await service.Services.GetRequiredService<ModuleStore<MembersContext>>()
            .Write<T>(async db => await change(db), default)).Value;

    private static string Envelope(string type, Guid eventId, JsonObject payload) => new JsonObject
    {
        ["version"] = 1,
        ["event_type"] = type,
        ["payload"] = payload,
        ["metadata"] = new JsonObject { ["source"] = "core_service", ["event_id"] = eventId },
        ["occurred_at"] = "2026-11-23T09:50:30.723617422Z",
    }.ToJsonString();
}

/// <inheritdoc/>
public sealed class EmbeddedDeletedProfileTests(EmbeddedService running)
    : DeletedProfileTests(running), IClassFixture<EmbeddedService>
{
    [Fact]
    public async Task A_service_that_starts_again_knows_who_was_deleted()
    {
        var folder = Scratch.Folder();
        try
        {
            Person ana, rui;
            await using (var before = await Service.Start(folder))
            {
                (ana, rui) = (await before.Person("Ana"), await before.Person("Rui"));
                await before.Services.GetRequiredService<IPeople>().Deleted(ana.Id, default);
            }
            await using var after = await Service.Start(folder);
            Assert.Equal(401, (await new Person(after.Url, ana.Id, ana.Token).Get("/api/groups")).Status);
            Assert.Equal(200, (await new Person(after.Url, rui.Id, rui.Token).Get("/api/groups")).Status);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealDeletedProfileTests(RealService running) : DeletedProfileTests(running), IClassFixture<RealService>;
