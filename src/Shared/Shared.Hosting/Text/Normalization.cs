using System.Globalization;
using System.Text;

namespace Beat.Messaging.Shared.Hosting.Text;

/// <summary>
/// What people type, as it is stored: the one place for REST, the hub and Kafka. Messages are stored as they were sent; names and
/// descriptions in Unicode's form NFC.
/// </summary>
public static class Normalization
{
    private const int ZeroWidthNonJoiner = 0x200C, ZeroWidthJoiner = 0x200D, Flag = 0x1F3F4;

    /// <summary>
    /// Trimmed, with inner white space as one space, and without what nobody sees but where it does something: joiners stay
    /// within emoji and within scripts that are written with them, selectors stay with what they select a form of. What a name
    /// must not have (<see cref="HasForbidden"/>) is left.
    /// </summary>
    public static string Name(string text)
    {
        var runes = text.EnumerateRunes().ToArray();
        var name = new StringBuilder(text.Length);
        var before = default(Rune);
        for (var i = 0; i < runes.Length; i++)
        {
            var rune = runes[i];
            if (Rune.IsWhiteSpace(rune))
                rune = new Rune(' ');
            if (IsInvisible(rune) && !IsForbidden(rune) && !IsNeeded(rune, before, i + 1 < runes.Length ? runes[i + 1] : default))
                continue;
            if (rune.Value == ' ' && (name.Length == 0 || before.Value == ' '))
                continue;
            name.Append(rune);
            before = rune;
        }
        return Normalize(name.ToString().TrimEnd(' '), NormalizationForm.FormC);
    }

    /// <summary>Trimmed; lines and spaces within stay.</summary>
    public static string Description(string text) => Normalize(text.Trim(), NormalizationForm.FormC);

    /// <summary>
    /// A name that nobody is there to correct: without what it must not have, cut after at most <paramref name="maximum"/> code
    /// points, between two characters as people see them. Empty when nothing is left to see.
    /// </summary>
    public static string CleanName(string text, int maximum)
    {
        var allowed = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes().Where(rune => !IsForbidden(rune)))
            allowed.Append(rune);
        var name = Name(allowed.ToString());
        if (!HasVisible(name))
            return "";
        if (CodePoints(name) <= maximum)
            return name;
        var (length, left) = (0, maximum);
        foreach (var size in TextElements(name).TakeWhile(size => CodePoints(name.AsSpan(length, size)) <= left))
        {
            left -= CodePoints(name.AsSpan(length, size));
            length += size;
        }
        // One character with more marks than a name may have code points.
        if (length == 0)
            length = name.EnumerateRunes().Take(maximum).Sum(rune => rune.Utf16SequenceLength);
        return name[..length].TrimEnd(' ');
    }

    /// <summary>Control characters but white space, and those that reorder what stands around them.</summary>
    public static bool HasForbidden(string name)
    {
        foreach (var rune in name.EnumerateRunes())
        {
            if (IsForbidden(rune))
                return true;
        }
        return false;
    }

    /// <summary>
    /// Whether there is anything to see: more than white space, marks that stand alone, and characters without a shape.
    /// </summary>
    public static bool HasVisible(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            var isMark = Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;
            if (!Rune.IsWhiteSpace(rune) && !Rune.IsControl(rune) && !isMark && !IsInvisible(rune) && rune.Value != 0x2800)
                return true;
        }
        return false;
    }

    public static int CodePoints(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
            count++;
        return count;
    }

    /// <summary>As <see cref="string.Normalize(NormalizationForm)"/>, but for texts with what that throws at, too.</summary>
    internal static string Normalize(string text, NormalizationForm form)
    {
        const char NoCharacter = '\uFFFE';
        if (Ascii.IsValid(text))
            return text;
        // Enumerating puts U+FFFD for a surrogate that stands alone.
        if (text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') || text.Contains(NoCharacter))
            text = string.Concat(text.EnumerateRunes().Where(rune => rune.Value != NoCharacter));
        return text.Normalize(form);
    }

    private static IEnumerable<int> TextElements(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var size = StringInfo.GetNextTextElementLength(text, at);
            yield return size;
            at += size;
        }
    }

    private static bool IsForbidden(Rune rune) =>
        (Rune.IsControl(rune) && !Rune.IsWhiteSpace(rune))
            || rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    /// <summary>
    /// What has no shape and no width: Unicode's Default_Ignorable_Code_Point, other format characters, and what is no character.
    /// </summary>
    private static bool IsInvisible(Rune rune) => rune.Value switch
    {
        // Signs that span digits, which are of that category but seen.
        (>= 0x0600 and <= 0x0605) or 0x06DD or 0x070F or 0x0890 or 0x0891 or 0x08E2 or 0x110BD or 0x110CD => false,
        0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x3164 or 0xFFA0 => true,
        (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0000 and <= 0xE0FFF) or (>= 0xFDD0 and <= 0xFDEF) => true,
        _ => (rune.Value & 0xFFFE) == 0xFFFE || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format,
    };

    private static bool IsNeeded(Rune rune, Rune before, Rune after) => rune.Value switch
    {
        ZeroWidthJoiner or ZeroWidthNonJoiner when JoinsLetters(before) =>
            IsMark(before) || (JoinsLetters(after) && (Rune.IsLetter(after) || IsMark(after))),
        ZeroWidthJoiner => IsOfEmoji(before)
            && Rune.GetUnicodeCategory(after) is UnicodeCategory.OtherSymbol or UnicodeCategory.MathSymbol,
        // Selectors of a form.
        (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF) or (>= 0x180B and <= 0x180F) => Rune.GetUnicodeCategory(before)
            is UnicodeCategory.OtherSymbol or UnicodeCategory.MathSymbol or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.OtherPunctuation
            or UnicodeCategory.DashPunctuation or UnicodeCategory.OtherLetter or UnicodeCategory.OtherNumber,
        // The letters of a flag.
        >= 0xE0020 and <= 0xE007F => before.Value is Flag or (>= 0xE0020 and <= 0xE007E),
        _ => false,
    };

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static bool IsOfEmoji(Rune rune) => rune.Value is 0xFE0F or 0x20E3 or 0xE007F or (>= 0x1F3FB and <= 0x1F3FF)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherSymbol or UnicodeCategory.MathSymbol;

    /// <summary>
    /// Letters and marks of scripts in which a joiner changes what is written: Arabic, Syriac, N'Ko, Mongolian, and those of
    /// India and its neighbours.
    /// </summary>
    private static bool JoinsLetters(Rune rune) => rune.Value
        is (>= 0x0600 and <= 0x08FF) or (>= 0x0900 and <= 0x0DFF) or (>= 0x0F00 and <= 0x109F) or (>= 0x1700 and <= 0x18AF) or (>= 0x1900 and <= 0x1CFF)
        or (>= 0xA800 and <= 0xABFF and not (>= 0xAB30 and <= 0xABBF)) or (>= 0xFB50 and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFC)
        or (>= 0x10A00 and <= 0x10FFF) or (>= 0x11000 and <= 0x11FFF) or (>= 0x1E900 and <= 0x1E95F);
}
