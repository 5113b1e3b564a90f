using System.Globalization;
using System.Text;
using Beat.Messaging.Shared.Infrastructure.Text;

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
            var folded = Folding.Fold(rune);
            if (IsOfWord(folded))
            {
                if (folded.TryEncodeToUtf16(term[length..], out var written))
                    length += written;
            }
            else if (!Folding.IsMark(folded))
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

    private static bool IsOfWord(Rune rune) => rune.IsAscii
        ? char.IsAsciiLetterOrDigit((char)rune.Value)
        : Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.SpacingCombiningMark or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
}
