using Beat.Messaging.Invites.Contracts;

namespace Beat.Messaging.Invites.Tests;

/// <summary>An invite of a member's, or the one that a past member came by.</summary>
internal sealed record Invited(Guid Id, string Token);

/// <summary>Invites and their states.</summary>
public sealed class InvitesScenario : ModuleScenario
{
    public override IReadOnlyList<RestRow> Routes =>
    [
        new("POST /groups/{id}/invites", w => $"groups/{w.Group}/invites", w => new { invitee_id = w.Cast.Stranger.Id }, 404, 404,
            201, 201, 201, 201, 404),
        new("GET /groups/{id}/invites", w => $"groups/{w.Group}/invites", null, 404, 404, 200, 200, 200, 200, 404),
        new("GET /invites", _ => "invites", null, 200, 200, 200, 200, 200, 200, None),
        // The invite is the member's: they and those above may see, revoke and resend it; nobody here may accept it. The past
        // member's is the one that they came by; one that they sent is in RemovalTests.
        new("GET /invites/{id}", w => $"invites/{w.Of<Invited>().Id}", null, 404, 404, 200, 200, 200, 200, 404, Past: 200),
        new("DELETE /invites/{id}", w => $"invites/{w.Of<Invited>().Id}", null, 404, 404, 204, 204, 204, 204, 404),
        new("POST /invites/{id}/resend", w => $"invites/{w.Of<Invited>().Id}/resend", null, 404, 404, 429, 429, 429, 429, 404),
        new("POST /invites/{id}/accept", w => $"invites/{w.Of<Invited>().Id}/accept", null, 404, 404, 404, 404, 404, 404, 404,
            Past: 409, Caller: c => c.Invitee),
        new("POST /invites/{id}/decline", w => $"invites/{w.Of<Invited>().Id}/decline", null, 404, 404, 404, 404, 404, 404, 404,
            Past: 409, Caller: c => c.Invitee),
        new("POST /invites/accept", _ => "invites/accept", w => new { token = w.Of<Invited>().Token }, 404, 404, 404, 404, 404,
            404, 404, Past: 409, Caller: c => c.Invitee),
        new("POST /invites/decline", _ => "invites/decline", w => new { token = w.Of<Invited>().Token }, 404, 404, 404, 404, 404,
            404, 404, Past: 409, Caller: c => c.Invitee),
    ];

    public override async Task Arrange(World world)
    {
        var invite = world.IsOfPastMember
            ? (await world.Mine.Get("/api/invites?status=accepted&limit=100")).Expect(200)["data"]!.AsArray()
                .Single(i => i!["group_id"]!.GetValue<Guid>() == world.Group)!
            : (await world.Mine.Post($"/api/groups/{world.Group}/invites", new { invitee_id = world.Cast.Invitee.Id }))
                .Expect(201);
        world.Add(new Invited(invite["id"]!.GetValue<Guid>(), (string)invite["token"]!));
    }

    public override IReadOnlyList<CapabilityUse> Uses =>
    [
        new("invite:create", (me, w) => me.Post($"/api/groups/{w.Group}/invites", new { invitee_id = w.Cast.Stranger.Id })),
        new("invite:manage", (me, w) => me.Delete($"/api/invites/{w.Of<Invited>().Id}")),
    ];

    public override IReadOnlyList<EventSample> Samples =>
    [
        new(new InviteCreated(Sample.Invite, Sample.Group, Sample.Ana, Sample.Rui, Role: 1, Status: 0), "{id}"),
        new(new InviteAccepted(Sample.Invite, Sample.Group, Sample.Rui, "auth-of-rui", Role: 1), "{invite_id}"),
        new(new InviteDeclined(Sample.Invite, Sample.Group, Sample.Rui), "{invite_id}"),
        new(new InviteRevoked(Sample.Invite, Sample.Group, Sample.Rui), "{invite_id}"),
        new(new InviteExpired(Sample.Invite, Sample.Group, Sample.Rui),
            "{invite_id}") { NotInStory = "an invite expires after days" },
        new(new InviteResent(Sample.Invite, Sample.Group, Sample.Ana, Sample.Rui, Sample.At),
            null) { NotInStory = "an invite is resent an hour later at the earliest" },
        new(new EntryRequested(Sample.Invite, Sample.Group, Sample.Ana, Sample.Rui, Role: 1, InviteeVersion: 3), null),
    ];

    public override IReadOnlyList<ClientView> Views =>
    [
        // One's own answer is not pushed; that one is in, is.
        new("invites", ["InviteReceived", "InviteWithdrawn", "MembershipGranted"],
            async (me, _) => new JsonObject(
                (await me.Get("/api/invites?limit=100")).Expect(200)["data"]!.AsArray()
                    .Select(i => KeyValuePair.Create((string)i!["id"]!, (JsonNode?)Shown(i)))),
            (held, push) =>
            {
                var invites = held!.AsObject();
                if (push.Name == "InviteReceived")
                    invites[(string)push.Payload["id"]!] = Shown(push.Payload);
                else if (push.Name == "InviteWithdrawn")
                    invites.Remove((string)push.Payload["invite_id"]!);
                else
                    foreach (var (id, _) in invites.Where(i => (string)i.Value!["group_id"]! == (string)push.Payload["group_id"]!)
                        .ToList())
                        invites.Remove(id);
                return invites;
            }),
    ];

    public override async Task Tell(Story story)
    {
        var (ana, rui, sol, eva) =
            (await story.Person("ana"), await story.Person("rui"), await story.Person("sol"), await story.Person("eva"));
        var group = await story.Group(ana, sol);
        await using var ruis = await story.Client(rui, group);
        await using var evas = await story.Client(eva, group);
        var toRui = await ruis.After("an invite is made", () => Invite(ana, group, rui));
        await story.Keep(ruis.Socket, "InviteReceived");
        await ruis.After("an invite is accepted", async () => (await rui.Post($"/api/invites/{toRui}/accept")).Expect(200));
        var toEva = await evas.After("an invite is made", () => Invite(ana, group, eva));
        await evas.After("an invite is revoked", async () => (await ana.Delete($"/api/invites/{toEva}")).Expect(204));
        await story.Keep(evas.Socket, "InviteWithdrawn");
        toEva = await evas.After("an invite is made again", () => Invite(ana, group, eva));
        (await eva.Post($"/api/invites/{toEva}/decline")).Expect(200);
    }

    public override async Task UseReplicas(AfterLoss after)
    {
        var (eva, other) = (await after.Service.Person("Eva"), await after.Service.Person("Other"));
        // Only the owner may invite admins: who owns the group is known again, too.
        var invite = (await after.Owner.Post($"/api/groups/{after.Group}/invites", new { invitee_id = eva.Id, role = "admin" }))
            .Expect(201);
        Assert.Equal("Remembered", (string?)invite["group_name"]);
        Assert.Equal("Rui", (string?)invite["inviter_name"]);
        Assert.Equal(
            "member_rank",
            (await after.Former.Post($"/api/groups/{after.Group}/invites", new { invitee_id = other.Id, role = "admin" })).Code);
    }

    private static async Task<Guid> Invite(Person inviter, Guid group, Person invitee) =>
        (await inviter.Post($"/api/groups/{group}/invites", new { invitee_id = invitee.Id, role = "member" }))
            .Expect(201)["id"]!.GetValue<Guid>();

    private static JsonObject Shown(JsonNode invite) =>
        new() { ["group_id"] = invite["group_id"]!.DeepClone(), ["role"] = invite["role"]!.DeepClone() };
}
