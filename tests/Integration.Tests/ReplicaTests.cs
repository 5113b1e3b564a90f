namespace Beat.Messaging.Integration.Tests;

/// <summary>What a module copies of its siblings comes back when it is lost.</summary>
public sealed class ReplicaTests
{
    [Theory]
    [InlineData("invites")]
    [InlineData("messages")]
    [InlineData("notifications")]
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
            foreach (var file in Directory.GetFiles(folder, $"{module}.db*"))
                File.Delete(file);

            await using var after = await Service.Start(folder);
            var again = await after.Person("Rui", profileId: owner);
            var eva = await after.Person("Eva");
            // Whose marks are lost has read what there was; otherwise nothing changes.
            await Until.True(
                async () => (await again.Get("/api/messages/unread")).Expect(200)["data"]![0] is { } row
                    && (long)row["head_seq"]! == 1 && (long)row["unread"]! == (module == "messages" ? 0 : 1),
                "what is unread");
            await again.SendText(group, "Still here");
            // Only the owner may invite admins: who owns the group is known again, too.
            var invite = (await again.Post($"/api/groups/{group}/invites", new { invitee_id = eva.Id, role = "admin" })).Expect(201);
            Assert.Equal("Remembered", (string?)invite["group_name"]);
            Assert.Equal("Rui", (string?)invite["inviter_name"]);
            Assert.Equal("Rui invites you to Remembered", (string?)(await eva.Get("/api/notifications")).Expect(200)["data"]![0]!["title"]);
            var ana2 = await after.Person("Ana", profileId: former);
            Assert.Equal("member_rank", (await ana2.Post($"/api/groups/{group}/invites", new { invitee_id = (await after.Person("X")).Id, role = "admin" })).Code);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
