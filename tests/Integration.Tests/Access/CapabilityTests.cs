using Beat.Messaging.Groups.Contracts;
using Beat.Messaging.Shared.Abstractions;

namespace Beat.Messaging.Integration.Tests.Access;

/// <summary>What a group says that one may do is what one may do.</summary>
public abstract class CapabilityTests(RunningService running)
{
    private readonly Service service = running.Service;

    [SkippableFact]
    public void Every_capability_is_tried()
    {
        var (registered, tried) =
            (service.Services.GetServices<Capability>().Select(c => c.Name).ToList(),
                Scenarios.Uses.Select(use => use.Capability).ToList());
        Assert.True(
            !registered.Except(tried).Any(),
            $"Add to {nameof(ModuleScenario.Uses)} of the module's scenario (src/Modules/X/X.Tests/XScenario.cs): {string.Join(", ", registered.Except(tried))}");
        Assert.Equal(registered.Order(), tried.Order());
    }

    [SkippableTheory]
    [InlineData("stranger")]
    [InlineData("member")]
    [InlineData("moderator")]
    [InlineData("admin")]
    [InlineData("owner")]
    public async Task A_rank_may_do_what_the_group_says(string rank)
    {
        var cast = await Cast.Of(service);
        var world = await World.Make(cast, isPublic: true);
        var group = world.Group;
        var me = rank switch
        {
            // The member of the cast is the one whose things the others try to have.
            "member" => cast.Target,
            "moderator" => cast.Moderator,
            "admin" => cast.Admin,
            "owner" => cast.Owner,
            _ => cast.Stranger,
        };

        var said = Can((await me.Get($"/api/groups/{group}")).Expect(200));
        Assert.Equal(rank == "stranger", said.Count == 0);
        if (rank != "stranger")
            Assert.Equal(
                said,
                Can((await me.Get("/api/groups")).Expect(200)["data"]!.AsArray()
                    .Single(g => g!["id"]!.GetValue<Guid>() == group)!));
        var may = new List<string>();
        foreach (var (capability, use, _) in Scenarios.Uses)
        {
            var answer = await use(me, world);
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
        var underThatScope = service.Services.GetServices<Capability>().Where(capability => capability.Scope == GroupScopes.View)
            .Select(capability => capability.Name).Order(StringComparer.Ordinal).ToList();
        Assert.Contains("points:view", underThatScope);
        Assert.DoesNotContain("group:delete", underThatScope);
        Assert.Equal(underThatScope, Can((await modest.Get($"/api/groups/{group}")).Expect(200)));
        var refused = await modest.Delete($"/api/groups/{group}");
        Assert.Equal((403, "The access token lacks the scope group:delete."), (refused.Status, (string?)refused.Body!["detail"]));
    }

    private static List<string> Can(JsonNode group) => [.. group["can"]!.AsArray().Select(name => (string)name!)];
}

/// <inheritdoc/>
public sealed class EmbeddedCapabilityTests(EmbeddedService running) : CapabilityTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealCapabilityTests(RealService running) : CapabilityTests(running), IClassFixture<RealService>;
