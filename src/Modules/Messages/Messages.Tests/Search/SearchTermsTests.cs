using Beat.Messaging.Messages.Search;

namespace Beat.Messaging.Messages.Tests.Search;

public sealed class SearchTermsTests
{
    [Theory]
    [InlineData("Who has a RAINCOAT?", "who has a raincoat")]
    [InlineData("Ação, Über & Łódź; øre!", "acao uber lodz ore")]
    [InlineData("Cafe\u0301 na\u00efve", "cafe naive")]
    [InlineData("Đặng Thị Ngọc Thịnh", "dang thi ngoc thinh")]
    [InlineData("ΟΔΟΣ οδός", "οδοσ")]
    [InlineData("Ёлка Й", "елка и")]
    [InlineData("size 42, 42 again", "size 42 again")]
    [InlineData("a_b-c'd @x #y", "a b c d bcd x y")]
    [InlineData("コート ガーデン", "コー ート ト カー ーテ テン ン")]
    [InlineData("soft\u00adhyphen", "softhyphen")]
    [InlineData("👍🏽 \"* NEAR(", "near")]
    [InlineData("  \t\n", "")]
    [InlineData("𝔘nicode 𐐀", "unicode 𐐨")]
    // Full case folding.
    [InlineData("Straße STRASSE ẞ", "strasse ss")]
    [InlineData("ſtreng ΜΆΪΟΣ µ", "streng μαιοσ μ")]
    [InlineData("İstanbul ISPARTA ısı", "istanbul isparta isi")]
    [InlineData("ᾼδης", "αιδησ")]
    [InlineData("և", "եւ")]
    [InlineData("Ꮳ ꮳ", "ꮳ")]
    // Compatibility characters.
    [InlineData("ＢＥＡＴ　２０２６", "beat 2026")]
    [InlineData("eﬃcient ﬁn", "efficient fin")]
    [InlineData("ｶﾞｰﾃﾞﾝ", "カー ーテ テン ン")]
    [InlineData("①② H₂O ㎏ Ⅳ", "12 h2o kg iv")]
    [InlineData("한국어", "한국어")]
    [InlineData("\u1112\u1161\u11ab\u1100\u116e\u11a8\u110b\u1165", "한국어")]
    [InlineData("Ǆungla ĳs", "dzungla ijs")]
    // Letters that are two.
    [InlineData("Cæsar œuvre ÆON Œ", "caesar oeuvre aeon oe")]
    // Apostrophes and hyphens.
    [InlineData("O'Neil", "o neil oneil")]
    [InlineData("O’Neil Oʼneil O`neil O´neil", "o neil oneil")]
    [InlineData("well-known well‑known well–known", "well known wellknown")]
    [InlineData("l'avion", "l avion lavion")]
    [InlineData("rock-'n'-roll", "rock n roll")]
    [InlineData("'quoted' -dash- it's'", "quoted dash it s its")]
    [InlineData("col·lecció", "col leccio colleccio")]
    [InlineData("צה״ל", "צה ל צהל")]
    // Marks that are accents, and those that are letters.
    [InlineData("שָׁלוֹם مُحَمَّد", "שלום محمد")]
    [InlineData("हिन्दी", "हिन्दी")]
    [InlineData("می\u200cخواهم", "میخواهم")]
    // Scripts without spaces.
    [InlineData("我喜欢猫", "我喜 喜欢 欢猫 猫")]
    [InlineData("猫", "猫")]
    [InlineData("iPhone手機", "iphone 手機 機")]
    [InlineData("𠮷野家", "𠮷野 野家 家")]
    [InlineData("ประเทศ", "ปร ระ ะเ เท ทศ ศ")]
    [InlineData("ສະບາຍ", "ສະ ະບ ບາ າຍ ຍ")]
    [InlineData("ខ្មែរ", "ខ្ ្ម មែ ែរ រ")]
    [InlineData("東京・京都、 a\uFFFEb", "東京 京 京都 都 ab")]
    public void Words_have_no_case_and_no_accents_and_come_once(string text, string terms) =>
        Assert.Equal(terms.Split(' ', StringSplitOptions.RemoveEmptyEntries), SearchTerms.Of(text));

    [Theory]
    [InlineData("o'neil", "o|oneil neil|oneil", "", 2)]
    [InlineData("ONEIL", "oneil", "", 1)]
    [InlineData("raincoat rain-coat", "raincoat rain|raincoat coat|raincoat", "", 3)]
    [InlineData("猫", "猫", "", 1)]
    [InlineData("東京", "東京", "", 1)]
    [InlineData("東京都 a", "東京 京都 a", "東京都", 2)]
    [InlineData("?!", "", "", 0)]
    public void A_question_has_alternatives_and_runs(string text, string terms, string runs, int words)
    {
        var query = SearchTerms.OfQuery(text);
        Assert.Equal(
            terms.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            query.Terms.Select(alternatives => string.Join('|', alternatives)));
        Assert.Equal(runs.Split(' ', StringSplitOptions.RemoveEmptyEntries), query.Runs);
        Assert.Equal(words, query.Words);
    }

    [Theory]
    [InlineData("東京都庁", "東京都", true)]
    [InlineData("東京と京都", "東京都", false)]
    [InlineData("京都 東京", "東京都", false)]
    [InlineData("ｶﾞｰﾃﾞﾝ", "ガーデン", true)]
    public void A_run_is_found_as_it_is(string text, string search, bool isThere) =>
        Assert.Equal(isThere, SearchTerms.Has(text, SearchTerms.OfQuery(search).Runs));

    [Fact]
    public void Words_and_their_number_are_bounded()
    {
        Assert.Equal(SearchTerms.MaxTermsOfMessage, SearchTerms.Of(string.Join(' ', Enumerable.Range(0, 1000))).Count);
        Assert.Equal(SearchTerms.MaxTermsOfMessage, SearchTerms.Of(string.Join('-', Enumerable.Range(0, 1000))).Count);
        Assert.Equal(SearchTerms.MaxTermsOfQuery + 1, SearchTerms.OfQuery(string.Join(' ', Enumerable.Range(0, 1000))).Words);
        Assert.InRange(
            SearchTerms.OfQuery(string.Concat(Enumerable.Range(0x4E00, 4000).Select(c => (char)c))).Terms.Count, 2, 16);
        Assert.Equal(4000, SearchTerms.Of(string.Concat(Enumerable.Range(0x4E00, 4000).Select(c => (char)c))).Count);
        Assert.Equal(64, SearchTerms.Of(new string('x', 4000)).Single().Length);
        Assert.Equal(64, string.Concat(SearchTerms.Of(string.Concat(Enumerable.Repeat("𐐀", 2000)))).Length);
        Assert.Empty(SearchTerms.Of(null));
    }
}
