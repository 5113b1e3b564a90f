using System.Globalization;
using System.Text;

namespace Beat.Messaging.Messages.Search;

/// <summary>
/// The words by which a message is found, and those of a question: letters and digits, in lower case, without accents. What stands
/// between two words is whatever is neither; a script without spaces is found from the beginning of a run of letters.
/// </summary>
internal static class SearchTerms
{
    /// <summary>A message is found by this many different words.</summary>
    public const int MostOfMessage = 200;

    /// <summary>A question has at most this many.</summary>
    public const int MostOfQuery = 10;

    /// <summary>A longer word is found by its beginning; UTF-16.</summary>
    private const int Longest = 64;

    /// <summary>What letters are without case and accents, from a first one on. The runtime has no tables of its own here.</summary>
    private static readonly (int First, string Folded)[] Folds =
    [
        (0x00C0, "aaaaaaæceeeeiiiiðnooooo×ouuuuyþßaaaaaaæceeeeiiiiðnooooo÷ouuuuyþyaaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiĳĳjjkkkllllllŀŀllnnnnnnŉŋŋooooooœœrrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"),
        (0x01A0, "ooƣƣƥƥʀƨƨʃƪƫƭƭʈuuʊʋƴƴƶƶʒƹƹƺƻƽƽƾƿǀǁǂǃǆǆǆǉǉǉǌǌǌaaiioouuuuuuuuuuǝaaaaææǥǥggkkooooʒʒjǳǳǳggƕƿnnaaææooaaaaeeeeiiiioooorrrruuuusstt"),
        (0x0386, "α·εηι΋ο΍υωιαβγδεζηθικλμνξοπρ΢στυφχψωιυαεηιυαβγδεζηθικλμνξοπρσστυφχψωιυουω"),
        (0x0400, "ееђгєѕііјљњћкиуџабвгдежзииклмнопрстуфхцчшщъыьэюяабвгдежзииклмнопрстуфхцчшщъыьэюяееђгєѕііјљњћкиуџ"),
        (0x1E00, "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwyẚsẜẝßẟaaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyyỻỻỽỽỿỿ"),
        (0x304B, "かかききくくけけここささししすすせせそそたたちちっつつててととなにぬねのはははひひひふふふへへへほほほまみむめもゃやゅゆょよらりるれろゎわゐゑをんうゕゖ゗゘゙゚゛゜ゝゝゟ゠ァアィイゥウェエォオカカキキククケケココササシシススセセソソタタチチッツツテテトトナニヌネノハハハヒヒヒフフフヘヘヘホホホマミムメモャヤュユョヨラリルレロヮワヰヱヲンウヵヶワヰヱヲ・ーヽヽ"),
    ];

    /// <summary>Each once, in their order.</summary>
    public static IReadOnlyList<string> Of(string? text) => text is null ? [] : Split(text, MostOfMessage);

    /// <summary>One more than are allowed tells that there are too many.</summary>
    public static IReadOnlyList<string> OfQuery(string text) => Split(text, MostOfQuery + 1);

    private static List<string> Split(string text, int most)
    {
        List<string> terms = [];
        var seen = new HashSet<string>().GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> term = stackalloc char[Longest];
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var folded = Fold(rune);
            if (IsOfWord(folded))
            {
                if (folded.TryEncodeToUtf16(term[length..], out var written))
                    length += written;
            }
            else if (!IsMark(folded))
            {
                Add(term[..length]);
                length = 0;
                if (terms.Count == most)
                    return terms;
            }
        }
        Add(term[..length]);
        return terms;

        void Add(ReadOnlySpan<char> word)
        {
            if (word.Length > 0 && seen.Add(word) && seen.TryGetValue(word, out var kept))
                terms.Add(kept);
        }
    }

    private static Rune Fold(Rune rune)
    {
        if (rune.IsAscii)
            return (uint)(rune.Value - 'A') <= 'Z' - 'A' ? new Rune(rune.Value | 0x20) : rune;
        foreach (var (first, folded) in Folds)
        {
            if ((uint)(rune.Value - first) < folded.Length)
                return new Rune(folded[rune.Value - first]);
        }
        return Rune.ToLowerInvariant(rune);
    }

    private static bool IsOfWord(Rune rune) => rune.IsAscii
        ? char.IsAsciiLetterOrDigit((char)rune.Value)
        : Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.SpacingCombiningMark or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>Accents that stand alone, and what is not seen, do not part a word.</summary>
    private static bool IsMark(Rune rune) => !rune.IsAscii
        && Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format;
}
