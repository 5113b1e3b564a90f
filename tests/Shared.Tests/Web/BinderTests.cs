using Beat.Messaging.Shared.Hosting.Web;

namespace Beat.Messaging.Shared.Tests.Web;

public sealed class BinderTests
{
    internal sealed record Known
    {
        [Name(5)]
        public string? Name { get; init; }

        [CleanedName(5)]
        public string? Given { get; init; }

        [JsonObject(20)]
        public JsonElement? Data { get; init; }

        public IReadOnlyList<Known>? Others { get; init; }
    }

    [Theory]
    [InlineData("""{"name":"  a   b  "}""", "a b")]
    [InlineData("""{"name":"\u200babcde\u200b"}""", "abcde")]
    [InlineData("""{"name":"e\u0301e\u0301e\u0301e\u0301e\u0301"}""", "ééééé")]
    [InlineData("""{"name":null}""", null)]
    public void A_name_is_bound_as_it_is_stored(string json, string? name) => Assert.Equal(name, Bind(json).Name);

    [Theory]
    [InlineData("""{"name":"abcdef"}""", "name")]
    [InlineData("""{"name":"\u200b"}""", "name")]
    [InlineData("""{"name":"a\u202eb"}""", "name")]
    [InlineData("""{"name":"a\u0000"}""", "name")]
    [InlineData("""{"name":"a\ud800"}""", "name")]
    [InlineData("""{"given":5}""", "given")]
    [InlineData("""{"given":["a"]}""", "given")]
    [InlineData("""{"data":[1]}""", "data")]
    [InlineData("""{"data":"{}"}""", "data")]
    [InlineData("""{"data":{"a":"bbbbbbbbbbbbbbbbbbbb"}}""", "data")]
    [InlineData("""{"data":{"a":"\ud800"}}""", "data")]
    [InlineData("""{"others":[{"name":"abcdef"}]}""", "others[0].name")]
    [InlineData("[]", "body")]
    public void What_breaks_a_rule_is_named(string json, string field)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Contains(field, Binder.Bind<Known>(document.RootElement, ignoresUnknown: true).Problem!.Errors!.Keys);
    }

    [Theory]
    [InlineData("""{"given":"a\u0000b"}""", "ab")]
    [InlineData("""{"given":"a\ud800b"}""", "ab")]
    [InlineData("""{"given":"\udc00a\ud83e\udde5\ud83e"}""", "a🧥")]
    [InlineData("""{"given":"\\ud800"}""", "\\ud80")]
    [InlineData("""{"given":"\"\ud800\n\\"}""", "\" \\")]
    [InlineData("""{"given":"abcdefgh"}""", "abcde")]
    [InlineData("""{"given":"\u0001"}""", "")]
    public void Another_services_name_is_never_refused(string json, string name) => Assert.Equal(name, Bind(json).Given);

    [Fact]
    public void Fields_that_a_record_has_not_are_refused_unless_they_are_ignored()
    {
        using var document = JsonDocument.Parse("""{"other":1,"others":[{"x":{"name":5}}]}""");
        Assert.Equal(["other", "others[0].x"], Binder.Bind<Known>(document.RootElement).Problem!.Errors!.Keys);
        Assert.Single(Binder.Bind<Known>(document.RootElement, ignoresUnknown: true).Value.Others!);
    }

    private static Known Bind(string json)
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json));
        return Binder.Bind<Known>(document.RootElement, ignoresUnknown: true).Value;
    }
}
