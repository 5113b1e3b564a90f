namespace Beat.Messaging.Integration.Tests.Input;

/// <summary>What people type is stored in one form, and lengths are counted on that.</summary>
public abstract class NameTests(RunningService running)
{
    private readonly Service service = running.Service;

    [SkippableTheory]
    [InlineData("  Winter \t coats \u00A0", "Winter coats")]
    [InlineData("Cafe\u0301\u200B", "Café")]
    [InlineData("می\u200Cخواهم", "می\u200Cخواهم")]
    [InlineData("👩‍👩‍👧 fam\uFEFFily", "👩‍👩‍👧 family")]
    public async Task A_groups_name_is_stored_as(string sent, string stored)
    {
        var ana = await service.Person("Ana");
        var made = (await ana.Post("/api/groups", new { name = sent, description = $" {sent} " })).Expect(201);
        Assert.Equal(stored, (string?)made["name"]);
        var renamed = (await ana.Patch($"/api/groups/{made["id"]}", new { name = $"{sent} 2" })).Expect(200);
        Assert.Equal($"{stored} 2", (string?)renamed["name"]);
        Assert.Equal($"{stored} 2", (string?)(await ana.Get($"/api/groups/{made["id"]}")).Expect(200)["name"]);
    }

    [SkippableFact]
    public async Task Lengths_are_counted_on_what_is_stored()
    {
        var ana = await service.Person("Ana");
        var spaces = new string(' ', 10_000);
        (await ana.Post("/api/groups", new { name = $"{spaces}x{spaces}y{spaces}", description = $"{spaces}d{spaces}" }))
            .Expect(201);
        (await ana.Post(
            "/api/groups",
            new
            {
                name = string.Concat(Enumerable.Repeat("e\u0301", 100)),
                description = string.Concat(Enumerable.Repeat("🧥", 500))
            })).Expect(201);
        foreach (var (name, description, field) in new[]
        {
            (new string('é', 101), "d", "name"), (string.Concat(Enumerable.Repeat("👩‍👧", 34)), "d", "name"),
            ("n", new string('d', 501), "description"), ("n", "\u200B", "description"), ("n", "\u3164 ", "description"),
        })
        {
            var refused = await ana.Post("/api/groups", new { name, description });
            Assert.Equal("validation_error", refused.Code);
            Assert.NotNull(refused.Body!["errors"]![field]);
        }
        var group = await ana.CreateGroup();
        Assert.Equal("message_too_long", (await ana.Post($"/api/groups/{group}/messages", new { content = $"{spaces}x" })).Code);
        Assert.Equal("  x\u200B \n", (string?)(await ana.SendText(group, "  x\u200B \n"))["payload"]!["content"]);
    }

    [SkippableTheory]
    [InlineData("\u200B")]
    [InlineData("\u2060\uFEFF \u00AD")]
    [InlineData("\u3164\u2800")]
    [InlineData("\u0301")]
    [InlineData("\uFE0F\u200D")]
    [InlineData("\u202E")]
    public async Task Nothing_to_see_is_no_name_and_no_message(string text)
    {
        var ana = await service.Person("Ana");
        var group = await ana.CreateGroup();
        await using var socket = await ana.Connect();
        await socket.Join(group);
        Assert.Equal("validation_error", (await ana.Post("/api/groups", new { name = text, description = "d" })).Code);
        Assert.Equal("validation_error", (await ana.Patch($"/api/groups/{group}", new { name = text })).Code);
        Assert.Equal("validation_error", (await ana.Post($"/api/groups/{group}/messages", new { content = text })).Code);
        Assert.Equal(
            "validation_error", (string?)(await socket.Refused("SendTextMessage", group, new { content = text }))["code"]);
        var sent = await ana.SendText(group, "x");
        Assert.Equal(
            "validation_error", (await ana.Patch($"/api/groups/{group}/messages/{sent["id"]}", new { content = text })).Code);
        using var refused = await service.Anonymous.PostAsync(
            "/dev/tokens", System.Net.Http.Json.JsonContent.Create(new { display_name = text }));
        Assert.Equal(400, (int)refused.StatusCode);
    }

    [SkippableTheory]
    [InlineData("a\u0001b")]
    [InlineData("a\u001b[31m")]
    [InlineData("\u202Egnp.exe")]
    [InlineData("a\u2067b\u2069")]
    [InlineData("a\u202Ab")]
    [InlineData("a\u009Fb")]
    public async Task A_name_that_controls_or_reorders_is_refused(string name)
    {
        var ana = await service.Person("Ana");
        var group = await ana.CreateGroup();
        Assert.Equal("validation_error", (await ana.Post("/api/groups", new { name, description = "d" })).Code);
        Assert.Equal("validation_error", (await ana.Patch($"/api/groups/{group}", new { name })).Code);
        using var refused = await service.Anonymous.PostAsync(
            "/dev/tokens", System.Net.Http.Json.JsonContent.Create(new { display_name = name }));
        Assert.Equal(400, (int)refused.StatusCode);
    }

    [SkippableTheory]
    [InlineData("Straße", "STRASSE")]
    [InlineData("Winter Coats", " winter  coats")]
    [InlineData("Café", "CAFE\u0301")]
    [InlineData("ΟΔΟΣ", "οδος")]
    [InlineData("Ab", "a\u200Bb")]
    public async Task Two_forms_of_a_name_are_one_name(string one, string other)
    {
        var (ana, rui) = (await service.Person("Ana"), await service.Person("Rui"));
        var group = await ana.CreateGroup(one);
        var second = await ana.CreateGroup("Another");
        Assert.Equal("group_already_exists", (await ana.Post("/api/groups", new { name = other, description = "d" })).Code);
        Assert.Equal("group_already_exists", (await ana.Patch($"/api/groups/{second}", new { name = other })).Code);
        // One's own, and somebody else's.
        (await ana.Patch($"/api/groups/{group}", new { name = other })).Expect(200);
        await rui.CreateGroup(one);
        (await ana.Delete($"/api/groups/{group}")).Expect(204);
        await ana.CreateGroup(one);
    }

    [SkippableFact]
    public async Task Of_two_forms_at_once_one_is_made()
    {
        var ana = await service.Person("Ana");
        string[] forms = ["Straße", "STRASSE", "strasse", " Strasse", "straSSe", "ſtrasse"];
        var made = await Task.WhenAll(forms.Select(name => ana.Post("/api/groups", new { name, description = "d" })));
        Assert.Single(made, answer => answer.Status == 201);
        Assert.All(made, answer => Assert.True(answer.Status == 201 || answer.Code == "group_already_exists", $"{answer.Body}"));
    }

    [SkippableFact]
    public async Task A_byte_order_mark_before_a_body_is_passed_over()
    {
        var ana = await service.Person("Ana");
        (await ana.Send(HttpMethod.Post, "/api/groups", "\uFEFF{\"name\":\"n\",\"description\":\"d\"}")).Expect(201);
    }
}

/// <inheritdoc/>
public sealed class EmbeddedNameTests(EmbeddedService running) : NameTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealNameTests(RealService running) : NameTests(running), IClassFixture<RealService>;
