using Beat.Messaging.Shared.Hosting.Text;

namespace Beat.Messaging.Shared.Tests.Text;

public sealed class NormalizationTests
{
    private const string Persian = "می\u200Cخواهم", Malayalam = "അവന്\u200D", Devanagari = "क्\u200Dष";

    [Theory]
    [InlineData("  Winter \t coats\u00A0\u3000 ", "Winter coats")]
    [InlineData("a\r\nb\u2028c\u0085d", "a b c d")]
    [InlineData("e\u0301", "é")]
    [InlineData("\u212B", "Å")]
    [InlineData("\u1112\u1161\u11ab", "한")]
    [InlineData("ﬁ Ａ ²", "ﬁ Ａ ²")]
    [InlineData("zero\u200Bwidth\uFEFF\u2060\u00AD", "zerowidth")]
    [InlineData("e\u200B\u0301", "é")]
    [InlineData("a \u200B b", "a b")]
    [InlineData("\u200E\u200Fa\u061C", "a")]
    [InlineData("a\u200Db", "ab")]
    [InlineData("a\u200C", "a")]
    [InlineData("\u200Da", "a")]
    [InlineData("漢\u200D字", "漢字")]
    [InlineData("a\uFE0Fb", "ab")]
    [InlineData("a\u034Fb\u3164c\uFFA0", "abc")]
    [InlineData("a\U000E0041\U000E007F", "a")]
    [InlineData("a\uFFFEb\uFFFF\uFDD0\U0001FFFF", "ab")]
    [InlineData("a\uFFF9b\uFFFB", "ab")]
    [InlineData(Persian, Persian)]
    [InlineData(Malayalam, Malayalam)]
    [InlineData(Devanagari, Devanagari)]
    [InlineData("ශ්\u200Dරී", "ශ්\u200Dරී")]
    [InlineData("👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦")]
    [InlineData("🏳️‍🌈 ❤️‍🔥", "🏳️‍🌈 ❤️‍🔥")]
    [InlineData("👩🏽‍❤️‍👨🏿", "👩🏽‍❤️‍👨🏿")]
    [InlineData(
        "🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F",
        "🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F")]
    [InlineData("1️⃣ ☺️", "1️⃣ ☺️")]
    [InlineData("👩\u200D", "👩")]
    [InlineData("👩\u200D ", "👩")]
    [InlineData("葛\U000E0100城", "葛\U000E0100城")]
    [InlineData("\u0600\u0661", "\u0600\u0661")]
    [InlineData(" \u200B ", "")]
    public void A_name_is_stored_as(string sent, string stored)
    {
        Assert.Equal(stored, Normalization.Name(sent));
        Assert.Equal(stored, Normalization.Name(stored));
    }

    [Theory]
    [InlineData("a\u0001")]
    [InlineData("\u0000")]
    [InlineData("a\u001Bb")]
    [InlineData("a\u007F")]
    [InlineData("a\u0090b")]
    [InlineData("\u202Eevil")]
    [InlineData("a\u202Ab\u202C")]
    [InlineData("a\u202D")]
    [InlineData("\u2066x\u2069")]
    [InlineData("\u2067x")]
    [InlineData("x\u2068")]
    public void A_name_must_not_have(string name)
    {
        Assert.True(Normalization.HasForbidden(Normalization.Name(name)));
        Assert.False(Normalization.HasForbidden(Normalization.CleanName(name, 100)));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("👍", true)]
    [InlineData(" \n.", true)]
    [InlineData("가", true)]
    [InlineData("\u0600", true)]
    [InlineData("\uE000", true)]
    [InlineData("", false)]
    [InlineData(" \t\r\n\u00A0\u3000\u2003", false)]
    [InlineData("\u200B\u200C\u200D\uFEFF\u2060", false)]
    [InlineData("\u00AD\u034F\u061C\u180E", false)]
    [InlineData("\u3164\u115F\u1160\uFFA0", false)]
    [InlineData("\u2800", false)]
    [InlineData("\uFE0F", false)]
    [InlineData("\u0301\u20DD", false)]
    [InlineData("\U000E0041", false)]
    [InlineData("\u202E\u2066", false)]
    [InlineData("\u0007", false)]
    [InlineData("\uFFFE", false)]
    public void There_is_something_to_see(string text, bool isThere) => Assert.Equal(isThere, Normalization.HasVisible(text));

    [Theory]
    [InlineData("  a\n\n b \t", "a\n\n b")]
    [InlineData("cafe\u0301", "café")]
    [InlineData("x\uFFFEy", "xy")]
    public void A_description_is_stored_as(string sent, string stored) => Assert.Equal(stored, Normalization.Description(sent));

    [Theory]
    [InlineData("A\0na", "Ana")]
    [InlineData("\u202EAna\u202C", "Ana")]
    [InlineData("\u0001\u0002", "")]
    [InlineData("\u200B", "")]
    [InlineData("  ", "")]
    [InlineData("A\uFFFE", "A")]
    public void Another_services_name_is_cleaned(string sent, string stored) =>
        Assert.Equal(stored, Normalization.CleanName(sent, 100));

    [Fact]
    public void Another_services_name_is_cut_between_characters()
    {
        Assert.Equal(new string('x', 100), Normalization.CleanName(new string('x', 100_000), 100));
        Assert.Equal(100, Normalization.CodePoints(Normalization.CleanName(string.Concat(Enumerable.Repeat("🧥", 50_000)), 100)));
        // A family has seven code points: fourteen of them, and no part of one.
        Assert.Equal(
            string.Concat(Enumerable.Repeat("👩‍👩‍👧‍👦", 14)),
            Normalization.CleanName(string.Concat(Enumerable.Repeat("👩‍👩‍👧‍👦", 500)), 100));
        Assert.Equal("a", Normalization.CleanName($"a {new string('b', 3)}", 2));
        Assert.Equal(100, Normalization.CodePoints(Normalization.CleanName($"x{new string('\u0330', 100_000)}", 100)));
        Assert.Equal(1, Normalization.CodePoints(Normalization.CleanName($"{new string(' ', 100_000)}x", 100)));
    }

    [Theory]
    [InlineData("Straße", "STRASSE")]
    [InlineData("ΟΔΟΣ", "οδος")]
    [InlineData("ﬃ", "FFI")]
    [InlineData("Café", "CAFE\u0301")]
    [InlineData(" Winter   Coats ", "winter coats")]
    [InlineData("Ǆ", "ǆ")]
    [InlineData("ᾼ", "ᾳ")]
    [InlineData("ŉ", "ʼN")]
    [InlineData("ẞ", "ss")]
    [InlineData("Ꭰ", "ꭰ")]
    [InlineData("ſ", "S")]
    [InlineData("a\u200Bb", "AB")]
    [InlineData("և", "ԵՒ")]
    [InlineData("ЁЖ", "ёж")]
    public void Two_names_are_one_name(string one, string other) =>
        Assert.Equal(SearchText.UniqueKey(one), SearchText.UniqueKey(other));

    [Theory]
    [InlineData("Cafe", "Café")]
    [InlineData("Lodz", "Łódź")]
    [InlineData("ab", "a b")]
    [InlineData("Izmir", "İzmir")]
    [InlineData("Ｂ", "B")]
    [InlineData("می\u200Cخواهم", "میخواهم")]
    public void Two_names_are_two_names(string one, string other) =>
        Assert.NotEqual(SearchText.UniqueKey(one), SearchText.UniqueKey(other));

    /// <summary>
    /// What of Unicode's full case folding the runtime does not know, against capitals and small letters that it knows.
    /// </summary>
    [Fact]
    public void Every_letter_folds_as_its_capital_and_its_small_letter_do()
    {
        for (var value = 0x80; value < 0x20000; value++)
        {
            if (!Rune.TryCreate(value, out var rune) || rune.Value is 0x0130 or 0x0131)
                continue;
            var folded = SearchText.CaseFold(rune.ToString());
            Assert.Equal(folded, SearchText.CaseFold(folded));
            Assert.Equal(folded, SearchText.CaseFold(Rune.ToLowerInvariant(rune).ToString()));
            Assert.Equal(folded, SearchText.CaseFold(Rune.ToUpperInvariant(rune).ToString()));
        }
    }

    [Fact]
    public void A_surrogate_that_stands_alone_is_no_fault() => Assert.Equal("\uFFFDx", SearchText.Normalize("\uD800x"));

    [Theory]
    [InlineData("O’Neil", "oneil")]
    [InlineData("o'neil", "oneil")]
    [InlineData("ONEIL", "oneil")]
    [InlineData("Anne‑Marie", "anne marie")]
    [InlineData("anne - marie", "anne marie")]
    [InlineData("Straße", "strasse")]
    [InlineData("Ｔokyo", "tokyo")]
    [InlineData("Ærø", "aero")]
    [InlineData("ｶﾞ", "カ")]
    [InlineData("\u1112\u1161\u11ab", "한")]
    [InlineData("Zoë  Ångström", "zoe angstrom")]
    [InlineData("\uFFFEx", "x")]
    [InlineData("'-'", "")]
    public void A_name_is_looked_for_as(string name, string folded) => Assert.Equal(folded, SearchText.Normalize(name));
}
