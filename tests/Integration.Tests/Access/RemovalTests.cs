using Beat.Messaging.Invites.Contracts;
using Beat.Messaging.Members.Contracts;
using Beat.Messaging.Members.Data;
using Beat.Messaging.Members.Subscriptions;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Events.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Integration.Tests.Access;

/// <summary>
/// What was granted before a removal does not outlive it, and whoever has no place in a group learns nothing of it.
/// </summary>
public abstract class RemovalTests(RunningService running)
{
    private readonly Service service = running.Service;

    [SkippableTheory]
    [InlineData("kicked")]
    [InlineData("left")]
    public async Task An_invite_of_before_lets_nobody_back_in(string how)
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup("Coats", isPublic: true);
        await using var ruis = await rui.Connect();
        var invite = await Invite(ana, group, rui, "admin");
        (await rui.Post($"/api/groups/{group}/join")).Expect(201);
        Assert.Equal((string?)invite["id"], (string?)(await ruis.Await("InviteWithdrawn"))[0]["invite_id"]);
        Assert.Empty((await rui.Get("/api/invites")).Expect(200)["data"]!.AsArray());
        await (how == "kicked" ? ana.Delete($"/api/groups/{group}/members/{rui.Id}") : rui.Post($"/api/groups/{group}/leave"));

        Assert.Equal("invite_fail_accept", (await rui.Post($"/api/invites/{invite["id"]}/accept")).Code);
        Assert.Equal(
            "invite_fail_accept", (await rui.Post("/api/invites/accept", new { token = (string)invite["token"]! })).Code);
        Assert.Equal("revoked", (string?)(await rui.Get($"/api/invites/{invite["id"]}")).Expect(200)["status"]);
        if (how == "kicked")
            Assert.Equal("kicked", (await rui.Post($"/api/groups/{group}/join")).Code);
        // One that was made since does, as what it says.
        var again = await Invite(ana, group, rui, "moderator");
        Assert.Equal("moderator", (string?)(await rui.Post($"/api/invites/{again["id"]}/accept")).Expect(200)["role"]);
        Assert.Equal("moderator", await RoleOf(rui, group));
    }

    [SkippableFact]
    public async Task An_invite_raises_a_member_once_and_answers_what_the_membership_is()
    {
        var ana = await service.Person("Ana");
        var group = await ana.CreateGroup("Coats", isPublic: true);
        var (rui, eva, tom) = (await service.Person("Rui"), await service.Person("Eva"), await service.Person("Tom"));
        var (ruis, evas, toms) =
            (await Invite(ana, group, rui, "admin"), await Invite(ana, group, eva, "member"),
                await Invite(ana, group, tom, "admin"));
        foreach (var person in new[] { rui, eva, tom })
            (await person.Post($"/api/groups/{group}/join")).Expect(201);

        var raised = (await rui.Post($"/api/invites/{ruis["id"]}/accept")).Expect(200);
        Assert.Equal(("accepted", "admin"), ((string)raised["status"]!, (string)raised["role"]!));
        Assert.Equal("admin", await RoleOf(rui, group));
        (await rui.Post($"/api/invites/{ruis["id"]}/accept")).Expect(200);
        (await ana.Patch($"/api/groups/{group}/members/{rui.Id}", new { role = "member" })).Expect(200);
        // A repeat is answered as the first was, and raises nobody again.
        (await rui.Post($"/api/invites/{ruis["id"]}/accept")).Expect(200);
        Assert.Equal("member", await RoleOf(rui, group));

        // Never lower, and never against what was decided since.
        (await ana.Patch($"/api/groups/{group}/members/{eva.Id}", new { role = "moderator" })).Expect(200);
        Assert.Equal("moderator", (string?)(await eva.Post($"/api/invites/{evas["id"]}/accept")).Expect(200)["role"]);
        Assert.Equal("moderator", await RoleOf(eva, group));
        (await ana.Patch($"/api/groups/{group}/members/{tom.Id}", new { role = "moderator" })).Expect(200);
        (await ana.Patch($"/api/groups/{group}/members/{tom.Id}", new { role = "member" })).Expect(200);
        Assert.Equal("member", (string?)(await tom.Post($"/api/invites/{toms["id"]}/accept")).Expect(200)["role"]);
        Assert.Equal("member", await RoleOf(tom, group));
    }

    [SkippableTheory]
    [InlineData("kicked")]
    [InlineData("left")]
    [InlineData("demoted")]
    public async Task An_inviter_gives_no_more_than_they_have_when_it_is_accepted(string how)
    {
        var (ana, mia, rui) = (await service.Person("Ana"), await service.Person("Mia"), await service.Person("Rui"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, mia, "moderator");
        var invite = await Invite(mia, group, rui, "moderator");
        await using var ruis = await rui.Connect();
        switch (how)
        {
            case "kicked":
                (await ana.Delete($"/api/groups/{group}/members/{mia.Id}")).Expect(200);
                break;
            case "left":
                (await mia.Post($"/api/groups/{group}/leave")).Expect(204);
                break;
            default:
                (await ana.Patch($"/api/groups/{group}/members/{mia.Id}", new { role = "member" })).Expect(200);
                Assert.Equal("member", (string?)(await rui.Post($"/api/invites/{invite["id"]}/accept")).Expect(200)["role"]);
                Assert.Equal("member", await RoleOf(rui, group));
                return;
        }
        await ruis.Await("InviteWithdrawn");
        Assert.Equal("invite_fail_accept", (await rui.Post($"/api/invites/{invite["id"]}/accept")).Code);
        Assert.Equal(404, (await rui.Get($"/api/groups/{group}")).Status);
        // Nor does the inviter manage what they have no place for.
        Assert.Equal("invite_not_found", (await mia.Get($"/api/invites/{invite["id"]}")).Code);
        Assert.Equal("invite_not_found", (await mia.Delete($"/api/invites/{invite["id"]}")).Code);
        Assert.Equal("invite_not_found", (await mia.Post($"/api/invites/{invite["id"]}/resend")).Code);
        Assert.Equal(404, (await mia.Get($"/api/groups/{group}/invites")).Status);
    }

    [SkippableFact]
    public async Task Members_decides_by_what_is_true_there_whatever_is_still_on_its_way()
    {
        var (ana, rui, eva) = (await service.Person("Ana"), await service.Person("Rui"), await service.Person("Eva"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        (await ana.Delete($"/api/groups/{group}/members/{rui.Id}")).Expect(200);
        var members = service.Services.GetRequiredService<OnInviteChanged>();
        // Of an invite that knew nothing of the kick; by somebody who is not a member; and twice.
        await members.Handle(Request(ana, rui, 0), default);
        await members.Handle(Request(eva, eva, 0), default);
        Assert.Equal([ana.Id], await Ids(ana, group));
        var version = await Members(
            db => db.Members.Where(m => m.GroupId == group && m.ProfileId == rui.Id).Select(m => m.Version).SingleAsync());
        var known = Request(ana, rui, version);
        await members.Handle(known, default);
        Assert.Equal([ana.Id, rui.Id], await Ids(ana, group));
        Assert.Equal("member", await RoleOf(rui, group));
        (await ana.Delete($"/api/groups/{group}/members/{rui.Id}")).Expect(200);
        await members.Handle(known, default);
        Assert.Equal([ana.Id], await Ids(ana, group));

        // The event of a kick that comes late ends no invite that was made after it.
        var invite = await Invite(ana, group, rui, "member");
        await service.Services.GetRequiredService<Invites.Subscriptions.OnMembershipChanged>().Handle(
            new Envelope<MemberKicked>(
                Guid.NewGuid(), $"{group}:members", version, DateTimeOffset.UtcNow, null,
                new MemberKicked(group, ana.Id, rui.Id)), default);
        (await rui.Post($"/api/invites/{invite["id"]}/accept")).Expect(200);

        Envelope<EntryRequested> Request(Person inviter, Person invitee, long inviteeVersion)
        {
            var id = Guid.NewGuid();
            return new(Guid.NewGuid(), $"{id}:entry", 1, DateTimeOffset.UtcNow, null,
                new EntryRequested(id, group, inviter.Id, invitee.Id, (int)Role.Member, inviteeVersion));
        }
    }

    [SkippableFact]
    public async Task Whoever_joins_or_accepts_while_they_are_kicked_is_out_afterwards()
    {
        var ana = await service.Person("Ana");
        var group = await ana.CreateGroup("Coats", isPublic: true);
        for (var i = 0; i < 8; i++)
        {
            var rui = await service.Person($"Rui {i}");
            var invite = await Invite(ana, group, rui, "admin");
            (await rui.Post($"/api/groups/{group}/join")).Expect(201);
            var kick = ana.Delete($"/api/groups/{group}/members/{rui.Id}");
            var joins = Enumerable.Range(0, 3).Select(_ => rui.Post($"/api/groups/{group}/join"));
            var accepts = Enumerable.Range(0, 2).Select(_ => rui.Post($"/api/invites/{invite["id"]}/accept"));
            var (joined, accepted) = (await Task.WhenAll(joins), await Task.WhenAll(accepts));
            (await kick).Expect(200);
            Assert.All(joined,
                answer => Assert.True(answer.Status == 200 || answer.Code == "kicked", $"join: {answer.Status} {answer.Body}"));
            Assert.All(
                accepted, answer => Assert.True(
                    answer.Status == 200 || answer.Code == "invite_fail_accept", $"accept: {answer.Status} {answer.Body}"));
            Assert.True(accepted.Count(answer => answer.Status == 200) <= 1);
            Assert.Equal([ana.Id], await Ids(ana, group));
            Assert.Equal("invite_fail_accept", (await rui.Post($"/api/invites/{invite["id"]}/accept")).Code);
            Assert.Equal("kicked", (await rui.Post($"/api/groups/{group}/join")).Code);
        }
    }

    [SkippableFact]
    public async Task Whoever_is_out_keeps_what_was_said_then_and_learns_nothing_new()
    {
        var (ana, rui, eva, zoe) =
            (await service.Person("Ana"), await service.Person("Rui"), await service.Person("Eva"), await service.Person("Zoe"));
        var group = await rui.CreateGroup("Old name");
        await rui.Invite(group, ana);
        (await rui.Post($"/api/groups/{group}/transfer", new { member_id = ana.Id })).Expect(200);
        var sent = await Invite(rui, group, eva, "member");
        var request = (await rui.Post($"/api/groups/{group}/messages", new
        {
            type = "borrow",
            content = "May I?",
            garment_id = Guid.NewGuid(),
            borrow = new { owner_id = ana.Id },
            client_message_id = "b",
        })).Expect(201)["id"];
        await Move("accept");
        var received = (await Bring(ana, group, zoe))["id"];
        foreach (var gone in new[] { rui, zoe })
            (await ana.Delete($"/api/groups/{group}/members/{gone.Id}")).Expect(200);
        (await ana.Patch($"/api/groups/{group}", new { name = "New name", description = "New words" })).Expect(200);
        await Move("hand_over");
        await Until.True(
            async () => (await rui.Get("/api/notifications?type=borrow")).Expect(200)["data"]!.AsArray().Count >= 2,
            "Rui hears of the loan that runs");

        foreach (var (who, invite) in new[] { (zoe, received), (eva, sent["id"]) })
        {
            var read = (await who.Get($"/api/invites/{invite}")).Expect(200);
            Assert.Equal("Old name", (string?)read["group_name"]);
            Assert.Null(read["member_count"]);
        }
        foreach (var gone in new[] { rui, eva, zoe })
        {
            foreach (var path in new[]
            {
                "invites?status=accepted", "invites?status=revoked", "notifications?limit=100", "borrows", "messages/unread",
                "groups", "groups/public", "users/me/export", "notifications/preferences",
            })
            {
                var text = (await gone.Get($"/api/{path}")).Expect(200).ToJsonString();
                Assert.False(
                    text.Contains("New name", StringComparison.Ordinal) || text.Contains("New words", StringComparison.Ordinal),
                    $"{path}: {text}");
            }
        }
        // Who may come in sees into what.
        var pending = await Invite(ana, group, eva, "member");
        var seen = (await eva.Get($"/api/invites/{pending["id"]}")).Expect(200);
        Assert.Equal(("New name", 1), ((string)seen["group_name"]!, (int)seen["member_count"]!));

        // A busy machine is late with what a send brings with it; a move is safe to repeat.
        Task Move(string action) =>
            Until.True(
                async () => (await ana.Post($"/api/groups/{group}/messages/{request}/borrow/{action}")).Status == 200, action);
    }

    private static async Task<JsonNode> Invite(Person inviter, Guid group, Person invitee, string role) =>
        (await inviter.Post($"/api/groups/{group}/invites", new { invitee_id = invitee.Id, role })).Expect(201);

    private static async Task<JsonNode> Bring(Person inviter, Guid group, Person invitee)
    {
        var invite = await Invite(inviter, group, invitee, "member");
        return (await invitee.Post($"/api/invites/{invite["id"]}/accept")).Expect(200);
    }

    private static async Task<string?> RoleOf(Person who, Guid group) =>
        (string?)(await who.Get($"/api/groups/{group}")).Expect(200)["my_role"];

    private static async Task<IEnumerable<Guid>> Ids(Person reader, Guid group) =>
        (await reader.Get($"/api/groups/{group}/members")).Expect(200)["data"]!.AsArray()
            .Select(m => m!["profile_id"]!.GetValue<Guid>());

    private Task<T> Members<T>(Func<MembersContext, Task<T>> read) =>
        service.Services.GetRequiredService<ModuleStore<MembersContext>>().Read(read);
}

/// <inheritdoc/>
public sealed class EmbeddedRemovalTests(EmbeddedService running) : RemovalTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealRemovalTests(RealService running) : RemovalTests(running), IClassFixture<RealService>;
