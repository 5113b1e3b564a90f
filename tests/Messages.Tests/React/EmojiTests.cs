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
    public void One_emoji_is_one(string text) => Assert.True(Emoji.IsOne(text));

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
    public void Anything_else_is_none(string text) => Assert.False(Emoji.IsOne(text));

    [Fact]
    public void A_sequence_without_end_is_none() => Assert.False(Emoji.IsOne(string.Join('\u200D', Enumerable.Repeat("👩", 20))));

    [Fact]
    public void The_selector_of_the_coloured_form_makes_no_difference()
    {
        Assert.True(Emoji.AreSame("❤️", "❤"));
        Assert.False(Emoji.AreSame("👍", "👍🏽"));
    }
}
