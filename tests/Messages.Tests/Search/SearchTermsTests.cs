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
    [InlineData("a_b-c'd @x #y", "a b c d x y")]
    [InlineData("コート ガーデン", "コート カーテン")]
    [InlineData("soft\u00adhyphen", "softhyphen")]
    [InlineData("👍🏽 \"* NEAR(", "near")]
    [InlineData("  \t\n", "")]
    [InlineData("𝔘nicode 𐐀", "𝔘nicode 𐐨")]
    public void Words_have_no_case_and_no_accents_and_come_once(string text, string terms) =>
        Assert.Equal(terms.Split(' ', StringSplitOptions.RemoveEmptyEntries), SearchTerms.Of(text));

    [Fact]
    public void Words_and_their_number_are_bounded()
    {
        Assert.Equal(SearchTerms.MostOfMessage, SearchTerms.Of(string.Join(' ', Enumerable.Range(0, 1000))).Count);
        Assert.Equal(SearchTerms.MostOfQuery + 1, SearchTerms.OfQuery(string.Join(' ', Enumerable.Range(0, 1000))).Count);
        Assert.Equal(64, SearchTerms.Of(new string('x', 4000)).Single().Length);
        Assert.Equal(64, string.Concat(SearchTerms.Of(string.Concat(Enumerable.Repeat("𐐀", 2000)))).Length);
        Assert.Empty(SearchTerms.Of(null));
    }
}
