namespace Beat.Messaging.Integration.Tests.Guarantees;

/// <summary>What a module copies of its siblings comes back when it is lost.</summary>
public sealed class ReplicaTests
{
    /// <summary>Those whose scenario does not say why they cannot lose what they have.</summary>
    public static TheoryData<string> Modules => [.. Scenarios.All.Where(scenario => scenario.CannotBeLost is null).Select(scenario => scenario.Module)];

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
}
