using Beat.Messaging.Members.Contracts;

namespace Beat.Messaging.Members.Tests;

/// <summary>Who is in which group, with which role, and who is online.</summary>
public sealed class MembersScenario : ModuleScenario
{
    public override IReadOnlyList<RestRow> Routes =>
    [
        new("GET /groups/{id}/members", w => $"groups/{w.Group}/members", null, 404, 404, 200, 200, 200, 200, 404),
        new("GET /groups/{id}/presence", w => $"groups/{w.Group}/presence", null, 404, 404, 200, 200, 200, 200, 404),
        new("POST /groups/{id}/join", w => $"groups/{w.Group}/join", null, 404, 404, 200, 200, 200, 200, 404),
        new("POST /groups/{id}/leave", w => $"groups/{w.Group}/leave", null, 404, 404, 204, 204, 204, 409, 404),
        new("POST /groups/{id}/transfer", w => $"groups/{w.Group}/transfer", w => new { member_id = w.Cast.Target.Id }, 404, 404,
            403, 403, 403, 200, 404),
        new("DELETE /groups/{id}/kick", w => $"groups/{w.Group}/kick", w => new { member_id = w.Cast.Target.Id }, 404, 404, 403,
            200, 200, 200, 404),
        new("DELETE /groups/{id}/members/{profile_id}", w => $"groups/{w.Group}/members/{w.Cast.Target.Id}", null, 404, 404, 403,
            200, 200, 200, 404),
        new("PATCH /groups/{id}/role", w => $"groups/{w.Group}/role",
            w => new { member_id = w.Cast.Target.Id, name = "moderator" }, 404, 404, 403, 403, 200, 200, 404),
        new("PATCH /groups/{id}/members/{profile_id}", w => $"groups/{w.Group}/members/{w.Cast.Target.Id}",
            _ => new { role = "moderator" }, 404, 404, 403, 403, 200, 200, 404),
        new("GET /users", w => $"users?ids={w.Cast.Member.Id}", null, 200, 200, 200, 200, 200, 200, None),
        new("GET /users/me/export", _ => "users/me/export", null, 200, 200, 200, 200, 200, 200, None),
    ];

    public override IReadOnlyList<CapabilityUse> Uses =>
    [
        new("member:view", (me, w) => me.Get($"/api/groups/{w.Group}/members")),
        new("presence:view", (me, w) => me.Get($"/api/groups/{w.Group}/presence")),
        new("member:change_role",
            (me, w) => me.Patch($"/api/groups/{w.Group}/members/{w.Cast.Member.Id}", new { role = "member" })),
        new("member:kick", (me, w) => me.Delete($"/api/groups/{w.Group}/members/{w.Cast.Member.Id}"), Ends: true),
        // Past the guard it is refused for another reason.
        new("group:transfer", (me, w) => me.Post($"/api/groups/{w.Group}/transfer", new { member_id = me.Id }), Ends: true),
        // The owner does not get away, and can still delete it.
        new("group:leave", (me, w) => me.Post($"/api/groups/{w.Group}/leave"), Ends: true),
    ];

    public override IReadOnlyList<EventSample> Samples =>
    [
        new(new MemberJoined(Sample.Group, Sample.Rui, Role.Member), "{group_id}:members"),
        new(new MemberLeft(Sample.Group, Sample.Rui), "{group_id}:members"),
        new(new MemberKicked(Sample.Group, Sample.Ana, Sample.Rui), "{group_id}:members"),
        new(new RoleChanged(Sample.Group, Sample.Ana, Sample.Rui, Role.Moderator), "{group_id}:members"),
        new(new OwnershipTransferred(Sample.Group, Sample.Ana, Sample.Rui), "{group_id}:members"),
        new(new UserRecorded(Sample.Ana, "Ana"), "{profile_id}"),
        new(new UserDeleted(Sample.Rui), "{profile_id}") { NotInStory = "a person is deleted by the auth service" },
        new(new EntryDecided(Sample.Invite, Sample.Group, Sample.Rui, EntryOutcome.Admitted, Role.Moderator), null),
    ];

    public override IReadOnlyList<ClientView> Views =>
    [
        new("members", ["MemberJoined", "MemberLeft", "MemberKicked", "RoleChanged", "GroupDeleted", "MembershipRevoked"],
            async (me, group) => await me.Get($"/api/groups/{group}/members?limit=100") is { Status: 200, Body: { } page }
                ? new JsonObject(
                    page["data"]!.AsArray()
                        .Select(member => KeyValuePair.Create((string)member!["profile_id"]!, member["role"]?.DeepClone())))
                : null,
            ApplyToMembers),
        new("groups of one's own", ["MembershipGranted", "MembershipRevoked"],
            async (me, _) => Set(
                (await me.Get("/api/groups?limit=100")).Expect(200)["data"]!.AsArray().Select(group => (string)group!["id"]!)),
            (held, push) =>
            {
                if (push.Name == "MembershipGranted")
                    held![(string)push.Payload["group_id"]!] = true;
                else
                    held!.AsObject().Remove((string)push.Payload["group_id"]!);
                return held;
            }),
        new("presence", ["PresenceChanged", "MemberLeft", "MemberKicked", "MembershipRevoked", "GroupDeleted"],
            async (me, group) => await me.Get($"/api/groups/{group}/presence") is { Status: 200, Body: { } presence }
                ? Set(presence["online"]!.AsArray().Select(id => (string)id!))
                : null,
            (held, push) =>
            {
                if (push.Payload["group_id"]!.GetValue<Guid>() != push.Group)
                    return held;
                if (push.Name is "MembershipRevoked" or "GroupDeleted")
                    return null;
                if (push.Name != "PresenceChanged")
                {
                    held!.AsObject().Remove((string)push.Payload["profile_id"]!);
                    return held;
                }
                foreach (var id in push.Payload["joined"]!.AsArray())
                    held![(string)id!] = true;
                foreach (var id in push.Payload["left"]!.AsArray())
                    held!.AsObject().Remove((string)id!);
                return held;
            }),
    ];

    public override string CannotBeLost => "it owns people and memberships";

    public override async Task Tell(Story story)
    {
        var (ana, rui, sol) = (await story.Person("ana"), await story.Person("rui"), await story.Person("sol"));
        var group = await story.Group(ana, sol);
        // Whether somebody who comes in is online is not told: it is read with the members.
        await using (var before = await CheckedClient.Open(ana, group, [.. Views.Where(view => view.Name != "presence")]))
        await using (var ruis = await story.Client(rui, group))
        {
            await before.After("somebody accepts an invite", () => Accept(ana, group, rui));
            await story.Keep(before.Socket, "MemberJoined");
            await story.Keep(ruis.Socket, "MembershipGranted");
        }
        await using var anas = await story.Client(ana, group);

        await using (var sols = await sol.Connect())
        {
            await anas.After(
                "somebody comes online", () => anas.Socket.Await(
                    "PresenceChanged", where: push => push["joined"]!.AsArray().Any(id => id!.GetValue<Guid>() == sol.Id)));
            story.Keep(
                "PresenceChanged",
                (await anas.Socket.Await(
                    "PresenceChanged", where: push => push["joined"]!.AsArray().Any(id => id!.GetValue<Guid>() == sol.Id)))[0]);
            await anas.After(
                "a role is changed", async () =>
                    (await ana.Patch($"/api/groups/{group}/members/{sol.Id}", new { role = "moderator" })).Expect(200));
            await story.Keep(anas.Socket, "RoleChanged");
            await anas.After(
                "somebody is removed", async () => (await ana.Delete($"/api/groups/{group}/members/{sol.Id}")).Expect(200));
            await story.Keep(sols, "MembershipRevoked");
            await story.Keep(anas.Socket, "MemberKicked");
        }
        await anas.After(
            "the group is given away",
            async () => (await ana.Post($"/api/groups/{group}/transfer", new { member_id = rui.Id })).Expect(200));
        await anas.After(
            "the group is given back",
            async () => (await rui.Post($"/api/groups/{group}/transfer", new { member_id = ana.Id })).Expect(200));
        await anas.After("somebody leaves", async () => (await rui.Post($"/api/groups/{group}/leave")).Expect(204));
        await story.Keep(anas.Socket, "MemberLeft");
        await anas.After("the group is deleted", async () => (await ana.Delete($"/api/groups/{group}")).Expect(204));
        await story.Keep(anas.Socket, "GroupDeleted");
    }

    private static async Task<bool> Accept(Person inviter, Guid group, Person invitee)
    {
        await inviter.Invite(group, invitee);
        return true;
    }

    private static JsonNode? ApplyToMembers(JsonNode? held, ClientPush push)
    {
        if (push.Payload["group_id"]!.GetValue<Guid>() != push.Group)
            return held;
        if (push.Name is "GroupDeleted" or "MembershipRevoked")
            return null;
        var who = (string)push.Payload["profile_id"]!;
        if (push.Name is "MemberLeft" or "MemberKicked")
            held!.AsObject().Remove(who);
        else
            held![who] = push.Payload["role"]!.DeepClone();
        return held;
    }

    private static JsonObject Set(IEnumerable<string> names) =>
        new(names.Select(name => KeyValuePair.Create(name, (JsonNode?)true)));
}
