namespace Beat.Messaging.Widgets.Tests;

/// <summary>Widgets as a client meets them.</summary>
public abstract class WidgetTests(RunningService running)
{
    private readonly Service service = running.Service;

    [SkippableFact]
    public async Task What_is_made_is_listed_newest_first_and_goes_with_its_group()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        foreach (var title in new[] { "First", "Second" })
            (await ana.Post($"/api/groups/{group}/widgets", new { title })).Expect(201);
        var listed = (await rui.Get($"/api/groups/{group}/widgets")).Expect(200)["data"]!.AsArray();
        Assert.Equal(["Second", "First"], listed.Select(one => (string)one!["title"]!));
        Assert.Equal("validation_error", (await ana.Post($"/api/groups/{group}/widgets", new { title = "" })).Code);
        (await ana.Delete($"/api/groups/{group}")).Expect(204);
        Assert.Equal("group_not_found", (await rui.Get($"/api/groups/{group}/widgets")).Code);
    }

    [SkippableFact]
    public async Task An_export_has_what_one_made_and_nobody_elses()
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup();
        await ana.Invite(group, rui);
        (await ana.Post($"/api/groups/{group}/widgets", new { title = "Anas" })).Expect(201);
        Assert.Contains("Anas", await ana.Http.GetStringAsync("/api/users/me/export"), StringComparison.Ordinal);
        Assert.DoesNotContain("Anas", await rui.Http.GetStringAsync("/api/users/me/export"), StringComparison.Ordinal);
    }
}

/// <inheritdoc/>
public sealed class EmbeddedWidgetTests(EmbeddedService running) : WidgetTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealWidgetTests(RealService running) : WidgetTests(running), IClassFixture<RealService>;
