using Beat.Messaging.Groups.Contracts;
using Beat.Messaging.Shared.Abstractions;

namespace Beat.Messaging.Integration.Tests;

/// <summary>What a group says that one may do is what one may do.</summary>
public abstract class CapabilityTests(RunningService running)
{
    private readonly Service service = running.Service;

    /// <summary>What needs each capability, in an order in which one does not take away what the next one needs.</summary>
    private static readonly (string Capability, Func<Person, Things, Task<Answer>> Use)[] Uses =
    [
        ("member:view", (me, it) => me.Get($"/api/groups/{it.Group}/members")),
        ("presence:view", (me, it) => me.Get($"/api/groups/{it.Group}/presence")),
        ("points:view", (me, it) => me.Get($"/api/groups/{it.Group}/points")),
        ("message:view", (me, it) => me.Get($"/api/groups/{it.Group}/messages")),
        ("message:send", (me, it) => me.Post($"/api/groups/{it.Group}/messages", new { content = "Hello" })),
        ("message:delete_others", (me, it) => me.Delete($"/api/groups/{it.Group}/messages/{it.OthersMessage}")),
        ("invite:create", (me, it) => me.Post($"/api/groups/{it.Group}/invites", new { invitee_id = it.Stranger })),
        ("invite:manage", (me, it) => me.Delete($"/api/invites/{it.OthersInvite}")),
        ("group:update", (me, it) => me.Patch($"/api/groups/{it.Group}", new { description = "Other" })),
        ("member:change_role", (me, it) => me.Patch($"/api/groups/{it.Group}/members/{it.Other}", new { role = "member" })),
        ("member:kick", (me, it) => me.Delete($"/api/groups/{it.Group}/members/{it.Other}")),
        // Past the guard it is refused for another reason.
        ("group:transfer", (me, it) => me.Post($"/api/groups/{it.Group}/transfer", new { member_id = me.Id })),
        // The owner does not get away, and can still delete it.
        ("group:leave", (me, it) => me.Post($"/api/groups/{it.Group}/leave")),
        ("group:delete", (me, it) => me.Delete($"/api/groups/{it.Group}")),
    ];

    [SkippableFact]
    public void Every_capability_is_tried() => Assert.Equal(
        service.Services.GetServices<Capability>().Select(capability => capability.Name).Order(), Uses.Select(use => use.Capability).Order());

    [SkippableTheory]
    [InlineData("stranger")]
    [InlineData("member")]
    [InlineData("moderator")]
    [InlineData("admin")]
    [InlineData("owner")]
    public async Task A_rank_may_do_what_the_group_says(string rank)
    {
        var (owner, other, keeper) = (await service.Person("Owner"), await service.Person("Other"), await service.Person("Keeper"));
        var group = await owner.CreateGroup($"{Guid.NewGuid()}", isPublic: true);
        await owner.Invite(group, other);
        await owner.Invite(group, keeper);
        var me = rank == "owner" ? owner : await service.Person(rank);
        if (rank is not ("stranger" or "owner"))
            await owner.Invite(group, me, rank);
        var message = await other.SendText(group, "Mine");
        var invite = (await other.Post($"/api/groups/{group}/invites", new { invitee_id = (await service.Person("Invitee")).Id })).Expect(201);
        var things = new Things(
            group, other.Id, (await service.Person("Stranger")).Id, message["id"]!.GetValue<Guid>(), invite["id"]!.GetValue<Guid>());

        var said = Can((await me.Get($"/api/groups/{group}")).Expect(200));
        Assert.Equal(rank == "stranger", said.Count == 0);
        if (rank != "stranger")
            Assert.Equal(said, Can((await me.Get("/api/groups")).Expect(200)["data"]!.AsArray().Single(g => g!["id"]!.GetValue<Guid>() == group)!));
        var may = new List<string>();
        foreach (var (capability, use) in Uses)
        {
            var answer = await use(me, things);
            if (answer.Status is not (403 or 404))
                may.Add(capability);
            else if (answer.Status == 403)
                Assert.Matches("members|rank (moderator|admin|owner)", (string)answer.Body!["detail"]!);
        }
        Assert.Equal(may.Order(StringComparer.Ordinal), said);
    }

    [SkippableFact]
    public async Task A_token_that_lacks_a_scope_lacks_what_needs_it()
    {
        var owner = await service.Person("Owner");
        var group = await owner.CreateGroup();
        var modest = await service.Person("Owner", scopes: [GroupScopes.View], profileId: owner.Id);
        Assert.Equal(["group:leave", "member:view", "points:view"], Can((await modest.Get($"/api/groups/{group}")).Expect(200)));
        var refused = await modest.Delete($"/api/groups/{group}");
        Assert.Equal((403, "The access token lacks the scope group:delete."), (refused.Status, (string?)refused.Body!["detail"]));
    }

    private static List<string> Can(JsonNode group) => [.. group["can"]!.AsArray().Select(name => (string)name!)];

    private sealed record Things(Guid Group, Guid Other, Guid Stranger, Guid OthersMessage, Guid OthersInvite);
}

/// <inheritdoc/>
public sealed class EmbeddedCapabilityTests(EmbeddedService running) : CapabilityTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealCapabilityTests(RealService running) : CapabilityTests(running), IClassFixture<RealService>;
