using Beat.Messaging.Members.Data;
using Beat.Messaging.Shared.Events.Persistence;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Integration.Tests.Guarantees;

/// <summary>What a module copies of its siblings comes back when it is lost.</summary>
public sealed class ReplicaTests
{
    /// <summary>Those whose scenario does not say why they cannot lose what they have.</summary>
    public static TheoryData<string> Modules =>
        [.. Scenarios.All.Where(scenario => scenario.CannotBeLost is null).Select(scenario => scenario.Module)];

    [Theory, MemberData(nameof(Modules))]
    public async Task A_module_that_starts_with_none_is_told_again(string module)
    {
        var folder = Scratch.Folder();
        try
        {
            Guid group, owner, former;
            await using (var before = await Service.Start(folder))
            {
                var (ana, rui) = (await before.Person("Ana"), await before.Person("Rui"));
                (owner, former) = (rui.Id, ana.Id);
                group = await ana.CreateGroup("Remembered");
                await ana.Invite(group, rui);
                await ana.SendText(group, "Before");
                (await ana.Post($"/api/groups/{group}/transfer", new { member_id = rui.Id })).Expect(200);
            }
            var lost = Directory.GetFiles(folder, $"{module}.db*");
            Assert.NotEmpty(lost);
            foreach (var file in lost)
                File.Delete(file);

            await using var after = await Service.Start(folder);
            var again = await after.Person("Rui", profileId: owner);
            var ana2 = await after.Person("Ana", profileId: former);
            foreach (var scenario in Scenarios.All)
                await scenario.UseReplicas(new AfterLoss(after, module, group, again, ana2));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A transfer answers with the group, of which Members kept less once.</summary>
    [Fact]
    public async Task Members_copies_the_groups_that_an_earlier_version_of_it_knew_by_their_id()
    {
        var folder = Scratch.Folder();
        try
        {
            Guid group, owner, next;
            await using (var before = await Service.Start(folder))
            {
                var (ana, rui) = (await before.Person("Ana"), await before.Person("Rui"));
                (owner, next) = (ana.Id, rui.Id);
                group = await ana.CreateGroup("Remembered");
                await ana.Invite(group, rui);
                (await ana.Patch(
                    $"/api/groups/{group}", new { description = "Since changed", avatar_url = "https://example.com/a.png" }))
                        .Expect(200);
            }
            await using (var members = new SqliteConnection($"Data Source={Path.Combine(folder, "members.db")};Pooling=false"))
            {
                await members.OpenAsync();
                await using var forget = members.CreateCommand();
                forget.CommandText =
                    "UPDATE rosters SET name = '', description = '', avatar_url = NULL, inserted_at = NULL, updated_at = NULL, sustainability_points = 0, xp = 0";
                Assert.Equal(1, await forget.ExecuteNonQueryAsync());
            }

            await using var after = await Service.Start(folder);
            var again = await after.Person("Ana", profileId: owner);
            var copied = await after.Services.GetRequiredService<ModuleStore<MembersContext>>().Read(
                db => db.Rosters.AsNoTracking().SingleAsync(r => r.GroupId == group));
            var read = (await again.Get($"/api/groups/{group}")).Expect(200);
            Assert.Equal(
                ((string?)read["name"], (string?)read["description"], (string?)read["avatar_url"],
                    (int)read["sustainability_points"]!, (int)read["xp"]!),
                (copied.Name, copied.Description, copied.AvatarUrl, copied.SustainabilityPoints, copied.Xp));
            var transferred = (await again.Post($"/api/groups/{group}/transfer", new { member_id = next })).Expect(200);
            Assert.Equal((await again.Get($"/api/groups/{group}")).Expect(200).ToJsonString(), transferred.ToJsonString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
