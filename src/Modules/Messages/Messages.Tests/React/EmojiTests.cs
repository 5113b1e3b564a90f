using Beat.Messaging.Messages.React;

namespace Beat.Messaging.Messages.Tests.React;

public sealed class EmojiTests
{
    [Theory]
    [InlineData("👍")]
    [InlineData("👍🏽")]
    [InlineData("❤️")]
    [InlineData("❤")]
    [InlineData("❤️‍🔥")]
    [InlineData("👩‍👩‍👧‍👦")]
    [InlineData("👩🏽‍❤️‍💋‍👨🏿")]
    [InlineData("🏴‍☠️")]
    [InlineData("🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F")]
    [InlineData("🇵🇹")]
    [InlineData("1️⃣")]
    [InlineData("#⃣")]
    [InlineData("🫠")]
    [InlineData("🧥")]
    [InlineData("©️")]
    [InlineData("🏽")]
    // One of each kind: basic, flag, keycap, tag, tone, joined, joined with tones.
    [InlineData("🙂‍↔️")]
    [InlineData("🧑🏿‍🦽‍➡️")]
    [InlineData("👩🏻‍🤝‍👩🏿")]
    [InlineData("👭🏽")]
    [InlineData("🫱🏻‍🫲🏾")]
    [InlineData("👨🏾‍❤️‍👨🏾")]
    [InlineData("🏴\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F")]
    [InlineData("🏴\U000E0067\U000E0062\U000E0077\U000E006C\U000E0073\U000E007F")]
    [InlineData("🇺🇳")]
    [InlineData("🏳️‍⚧️")]
    [InlineData("*️⃣")]
    [InlineData("☝🏿")]
    [InlineData("🧑‍🧑‍🧒‍🧒")]
    [InlineData("🐦‍🔥")]
    [InlineData("🫩")]
    public void One_emoji_is_one(string text) => Assert.NotNull(Emoji.Find(text));

    [Theory]
    [InlineData("❤", "❤️")]
    [InlineData("❤‍🔥", "❤️‍🔥")]
    [InlineData("👩🏽‍❤‍💋‍👨🏿", "👩🏽‍❤️‍💋‍👨🏿")]
    [InlineData("🏳‍🌈", "🏳️‍🌈")]
    [InlineData("#⃣", "#️⃣")]
    [InlineData("👁️‍🗨", "👁️‍🗨️")]
    [InlineData("☺", "☺️")]
    [InlineData("👍🏽", "👍🏽")]
    public void A_form_without_its_selectors_means_the_whole_one(string text, string whole) =>
        Assert.Equal(whole, Emoji.Find(text));

    [Fact]
    public void All_that_Unicode_recommends_are_there()
    {
        string[] tones = ["🏻", "🏼", "🏽", "🏾", "🏿"];
        var all = RgiEmoji.All.Split(' ').SelectMany(pattern => !pattern.Contains('a')
            ? [pattern]
            : tones.SelectMany(first => pattern.Contains('b') || pattern.Contains('c')
                ? tones.Where(second => pattern.Contains('b') || second != first)
                    .Select(second => pattern.Replace("a", first, StringComparison.Ordinal)
                        .Replace("b", second, StringComparison.Ordinal).Replace("c", second, StringComparison.Ordinal))
                : [pattern.Replace("a", first, StringComparison.Ordinal)])).ToList();
        // As many as Unicode 17 has.
        Assert.Equal(3953, all.Distinct().Count());
        Assert.All(all, one => Assert.Equal(one, Emoji.Find(one)));
        Assert.All(all, one => Assert.Equal(one, Emoji.Find(one.Replace("\uFE0F", "", StringComparison.Ordinal))));
        Assert.All(all, one => Assert.Null(Emoji.Find(one + one)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("1")]
    [InlineData("#")]
    [InlineData(" 👍")]
    [InlineData("👍👍")]
    [InlineData("👍 ")]
    [InlineData("é")]
    [InlineData("❤\uFE0E")]
    [InlineData("👍\u200D")]
    [InlineData("\u200D")]
    [InlineData("\uFE0F")]
    [InlineData("🇵")]
    [InlineData("🇵🇹🇵🇹")]
    [InlineData("x\u20E3")]
    [InlineData("👍\u0301")]
    [InlineData("👍🏽🏽")]
    [InlineData("👍\U000E0067")]
    [InlineData("가")]
    [InlineData("\uD83D")]
    [InlineData(":)")]
    // No flags: tags after anything else, of no region, without an end, or with one too many; letters of no country.
    [InlineData("👍\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F")]
    [InlineData("🏴\U000E0075\U000E0073\U000E0074\U000E0078\U000E007F")]
    [InlineData("🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067")]
    [InlineData("🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F\U000E007F")]
    [InlineData("🏴\U000E007F")]
    [InlineData("😀\U000E0041\U000E007F")]
    [InlineData("🇽🇽")]
    [InlineData("🇦🇦")]
    [InlineData("🇵🇹🇵")]
    // Sequences of which Unicode recommends none.
    [InlineData("😀‍😀")]
    [InlineData("👍‍👎")]
    [InlineData("👩‍🧥")]
    [InlineData("🧥🏽")]
    [InlineData("🫱🏻‍🫲🏻")]
    [InlineData("👨‍👩🏽‍👦")]
    [InlineData("👍️")]
    [InlineData("👍🏽️")]
    [InlineData("❤️️")]
    [InlineData("1️")]
    [InlineData("a⃣")]
    [InlineData("👍a")]
    [InlineData("👩a‍🤝‍👩c")]
    [InlineData("👍🏽🏿")]
    [InlineData("🏽🏽")]
    [InlineData("\u200B👍")]
    [InlineData("👍\u200B")]
    [InlineData("\u2066👍\u2069")]
    [InlineData("🫿🫿")]
    [InlineData("★")]
    [InlineData("→")]
    [InlineData("ℹ\uFE0E")]
    public void Anything_else_is_none(string text) => Assert.Null(Emoji.Find(text));

    [Fact]
    public void A_sequence_without_end_is_none() => Assert.Null(Emoji.Find(string.Join('\u200D', Enumerable.Repeat("👩", 20))));

    [Fact]
    public void The_selector_of_the_coloured_form_makes_no_difference()
    {
        Assert.True(Emoji.AreSame("❤️", "❤"));
        Assert.False(Emoji.AreSame("👍", "👍🏽"));
    }
}
