using System.Buffers;
using System.Globalization;
using System.Text;

namespace Beat.Messaging.Shared.Hosting.Text;

/// <summary>Texts as they are compared and looked for.</summary>
public static class SearchText
{
    /// <summary>
    /// Of what <see cref="Normalize"/>, <see cref="Letters"/> and <see cref="CaseFold"/> make of a text, and of the words that
    /// are made of that: raise it with every change, so that what is stored is folded anew.
    /// </summary>
    public const int Version = 1;

    /// <summary>What stands for an apostrophe, and what is left out within a word like one.</summary>
    private static readonly SearchValues<char> Apostrophes = SearchValues.Create(
        "'`\u00B4\u00B7\u02B9\u02BB\u02BC\u02BD\u02BE\u02BF\u05F3\u05F4\u2018\u2019\u201B\u2027\u2032\uA78C\uFF07");

    private static readonly SearchValues<char> Hyphens = SearchValues.Create(
        "-\u058A\u05BE\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\uFE58\uFE63\uFF0D");

    private static readonly Dictionary<Rune, string> Full = FullCaseFolding.All.Split(' ').ToDictionary(
        pair => Rune.GetRuneAt(pair, 0), pair => pair[Rune.GetRuneAt(pair, 0).Utf16SequenceLength..]);

    /// <summary>
    /// A name as it is looked for: its letters, without apostrophes, with hyphens and white space as one space; empty without
    /// any.
    /// </summary>
    public static string Normalize(string name)
    {
        var folded = new StringBuilder(name.Length);
        foreach (var unit in Letters(name))
        {
            if (unit == '\'')
                continue;
            if (unit == '-' || char.IsWhiteSpace(unit))
                folded.Append(folded.Length == 0 || folded[^1] == ' ' ? "" : " ");
            else
                folded.Append(unit);
        }
        return folded.ToString().TrimEnd();
    }

    /// <summary>
    /// Compatibility characters as the plain ones (NFKC), without case and without accents, æ and œ as two letters, every
    /// apostrophe as ' and every hyphen as -.
    /// </summary>
    public static string Letters(string text)
    {
        var plain = new StringBuilder(text.Length);
        // Before the normal form, which makes a space of an acute accent that stands alone.
        foreach (var unit in text)
            plain.Append(Apostrophes.Contains(unit) ? '\'' : Hyphens.Contains(unit) ? '-' : unit);
        if (Ascii.IsValid(text))
            return plain.ToString().ToLowerInvariant();
        var letters = new StringBuilder(text.Length);
        foreach (var rune in CaseFold(Normalization.Normalize(plain.ToString(), NormalizationForm.FormKC))
            .Normalize(NormalizationForm.FormD).EnumerateRunes())
        {
            if (IsAccent(rune))
                continue;
            switch (rune.Value)
            {
                case 'ø': letters.Append('o'); break;
                case 'đ': letters.Append('d'); break;
                case 'ħ': letters.Append('h'); break;
                case 'ı': letters.Append('i'); break;
                case 'ĸ': letters.Append('k'); break;
                case 'ł': letters.Append('l'); break;
                case 'ŧ': letters.Append('t'); break;
                case 'æ': letters.Append("ae"); break;
                case 'œ': letters.Append("oe"); break;
                default: letters.Append(Apostrophes.Contains((char)rune.Value) && rune.IsBmp ? "'" : rune.ToString()); break;
            }
        }
        return letters.ToString().Normalize(NormalizationForm.FormC);
    }

    /// <summary>Unicode's full case folding: two texts that differ in case alone become the same.</summary>
    public static string CaseFold(string text)
    {
        if (Ascii.IsValid(text))
            return text.ToLowerInvariant();
        var folded = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Full.TryGetValue(rune, out var several))
                folded.Append(several);
            else
                // By the capital, which letters with several small forms share.
                folded.Append(Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune)));
        }
        return folded.ToString();
    }

    /// <summary>Equal for names that are the same name: by <see cref="Normalization.Name"/>, whatever their case.</summary>
    public static string UniqueKey(string name) =>
        Normalization.Normalize(CaseFold(Normalization.Name(name)), NormalizationForm.FormC);

    /// <summary>
    /// Whether a text has letters of a script that puts no spaces between words: Thai, Lao, Myanmar, Khmer, kana, Bopomofo, Han.
    /// </summary>
    public static bool HasNoSpaces(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (HasNoSpaces(rune))
                return true;
        }
        return false;
    }

    /// <inheritdoc cref="HasNoSpaces(string)"/>
    public static bool HasNoSpaces(Rune rune) => rune.Value
        is (>= 0x0E00 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17DD) or (>= 0x3005 and <= 0x3007) or (>= 0x3021 and <= 0x3029)
        or (>= 0x3031 and <= 0x312F) or (>= 0x31A0 and <= 0x31FF) or (>= 0x3400 and <= 0x9FFF) or (>= 0xA9E0 and <= 0xA9FE) or (>= 0xAA60 and <= 0xAA7F)
        or (>= 0x1AFF0 and <= 0x1B16F) or (>= 0x20000 and <= 0x3FFFF);

    /// <summary>
    /// Marks that a letter is written with or without, and what is not seen. Vowel signs of scripts that write them as marks are
    /// letters.
    /// </summary>
    private static bool IsAccent(Rune rune) => !rune.IsAscii && Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Format or UnicodeCategory.EnclosingMark => true,
        UnicodeCategory.NonSpacingMark => rune.Value is
            // Of Latin, Greek and Cyrillic; Hebrew points; Arabic and Syriac vowels.
            (>= 0x0300 and <= 0x036F) or (>= 0x0483 and <= 0x0487) or (>= 0x0591 and <= 0x05C7) or (>= 0x0610 and <= 0x061A) or (>= 0x064B and <= 0x065F)
            or 0x0670 or (>= 0x06D6 and <= 0x06ED) or (>= 0x0711 and <= 0x074A) or (>= 0x08D3 and <= 0x08FF)
            // The dot below a letter in scripts of India.
            or 0x093C or 0x09BC or 0x0A3C or 0x0ABC or 0x0B3C or 0x0CBC
            or (>= 0x1AB0 and <= 0x1AFF) or (>= 0x1DC0 and <= 0x1DFF) or (>= 0x20D0 and <= 0x20FF) or (>= 0x2DE0 and <= 0x2DFF)
            // Voicing of kana, selectors of a form.
            or 0x3099 or 0x309A or (>= 0x180B and <= 0x180F) or (>= 0xFE00 and <= 0xFE0F) or (>= 0xFE20 and <= 0xFE2F) or (>= 0xE0100 and <= 0xE01EF)
            or 0x034F,
        _ => false,
    };
}
