using System.Text;

namespace Beat.Messaging.Messages.React;

/// <summary>
/// What a reaction is made of: one emoji that Unicode recommends for general interchange (UTS 51). Some keyboards leave out the
/// selectors of the coloured form; such a form means the whole one, and is stored as that.
/// </summary>
internal static class Emoji
{
    private const string ColouredForm = "\uFE0F";

    /// <summary>As <see cref="RgiEmoji"/> writes them, by the same without selectors.</summary>
    private static readonly Dictionary<string, string> All = RgiEmoji.All.Split(' ').ToDictionary(Bare);

    /// <summary>The emoji that the text is, with all its selectors; null for anything else than one emoji.</summary>
    public static string? Find(string text)
    {
        // The letters that stand for tones.
        if (text.AsSpan().ContainsAny("abc"))
            return null;
        var tones = text.EnumerateRunes().Where(IsSkinTone).Select(tone => tone.ToString()).ToList();
        // A tone alone is an emoji itself.
        if (tones is [var only] && text == only)
            return text;
        if (tones.Count > 2)
            return null;
        string[] places = tones is [var first, var second] && first != second ? ["ab", "ac"] : ["ab"];
        foreach (var place in places)
        {
            var at = 0;
            var pattern = string.Concat(
                text.EnumerateRunes().Select(rune => IsSkinTone(rune) ? $"{place[at++]}" : rune.ToString()));
            if (!All.TryGetValue(Bare(pattern), out var whole))
                continue;
            for (var i = 0; i < tones.Count; i++)
                whole = whole.Replace($"{place[i]}", tones[i], StringComparison.Ordinal);
            return LeavesOutOnlySelectors(text, whole) ? whole : null;
        }
        return null;
    }

    /// <summary>Whether both are the same emoji: what an earlier version stored may lack a selector.</summary>
    public static bool AreSame(string one, string other) => one == other || Bare(one) == Bare(other);

    private static bool LeavesOutOnlySelectors(string text, string whole)
    {
        var at = 0;
        foreach (var unit in whole)
        {
            if (at < text.Length && text[at] == unit)
                at++;
            else if (unit != ColouredForm[0])
                return false;
        }
        return at == text.Length;
    }

    private static string Bare(string emoji) => emoji.Replace(ColouredForm, "", StringComparison.Ordinal);

    private static bool IsSkinTone(Rune rune) => rune.Value is >= 0x1F3FB and <= 0x1F3FF;
}
