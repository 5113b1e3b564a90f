using System.Globalization;
using System.Text;
using Beat.Messaging.Shared.Hosting.Text;

namespace Beat.Messaging.Messages.Search;

/// <summary>What a text is searched for.</summary>
/// <param name="Terms">A message has, for each of these, a term that begins with one of its alternatives.</param>
/// <param name="Runs">Of scripts without spaces: what a message has besides, letter by letter, where its pairs alone do not
/// tell.</param>
/// <param name="Words">How many words were asked for.</param>
internal sealed record SearchQuery(IReadOnlyList<IReadOnlyList<string>> Terms, IReadOnlyList<string> Runs, int Words);

/// <summary>
/// The one tokenizer: the terms by which a message is found, and those of a question. A word is a run of letters and digits,
/// folded (<see cref="SearchText.Letters"/>). One with an apostrophe or a hyphen within is found by its parts and as one word:
/// O'Neil by neil and by oneil. Scripts that put no spaces between words have pairs of neighbouring letters as terms, and the
/// last letter.
/// </summary>
internal static class SearchTerms
{
    /// <summary>A message is found by this many different words; pairs do not count.</summary>
    public const int MaxTermsOfMessage = 200;

    /// <summary>A question has at most this many words.</summary>
    public const int MaxTermsOfQuery = 10;

    /// <summary>A longer word is found by its beginning; UTF-16.</summary>
    private const int MaxTermLength = 64;

    /// <summary>So many pairs of a run narrow enough; all of it is compared with what they find.</summary>
    private const int MostPairsOfQuery = 16;

    /// <summary>Each once.</summary>
    public static IReadOnlyList<string> Of(string? text)
    {
        if (text is null)
            return [];
        var terms = new List<string>();
        var seen = new HashSet<string>();
        var words = 0;
        foreach (var (parts, isRun) in Split(text))
        {
            if (isRun)
            {
                foreach (var pair in Pairs(parts[0]))
                    Add(pair);
                Add(Last(parts[0]));
            }
            else if (words < MaxTermsOfMessage)
            {
                foreach (var word in parts.Count > 1 ? parts.Append(string.Concat(parts)) : parts)
                    words += words < MaxTermsOfMessage && Add(Cut(word)) ? 1 : 0;
            }
        }
        return terms;

        bool Add(string term)
        {
            if (!seen.Add(term))
                return false;
            terms.Add(term);
            return true;
        }
    }

    /// <summary>One word more than are allowed tells that there are too many.</summary>
    public static SearchQuery OfQuery(string text)
    {
        var terms = new List<IReadOnlyList<string>>();
        var seen = new HashSet<string>();
        var runs = new List<string>();
        var words = 0;
        foreach (var (parts, isRun) in Split(text))
        {
            if (isRun)
            {
                words++;
                var pairs = Pairs(parts[0]).ToList();
                foreach (var pair in pairs.Count == 0 ? [parts[0]] : pairs.Take(MostPairsOfQuery))
                    Add([pair]);
                if (pairs.Count > 1)
                    runs.Add(parts[0]);
            }
            else
            {
                words += parts.Count;
                var whole = Cut(string.Concat(parts));
                foreach (var part in parts)
                    Add(parts.Count > 1 ? [Cut(part), whole] : [whole]);
            }
            if (words > MaxTermsOfQuery)
                break;
        }
        return new SearchQuery(terms, runs, words);

        void Add(IReadOnlyList<string> alternatives)
        {
            if (seen.Add(string.Join(' ', alternatives)))
                terms.Add(alternatives);
        }
    }

    /// <summary>Whether the text has all the runs of a question.</summary>
    public static bool Has(string? text, IReadOnlyList<string> runs)
    {
        if (runs.Count == 0)
            return true;
        if (text is null)
            return false;
        var there = Split(text).Where(word => word.IsRun).Select(word => word.Parts[0]).ToList();
        return runs.All(run => there.Exists(one => one.Contains(run, StringComparison.Ordinal)));
    }

    /// <summary>Words with their parts, and runs of scripts without spaces, which have one.</summary>
    private static IEnumerable<(IReadOnlyList<string> Parts, bool IsRun)> Split(string text)
    {
        List<string> parts = [];
        var part = new StringBuilder();
        var isRun = false;
        // An apostrophe or hyphen stands between this part and what follows.
        var joins = false;
        foreach (var rune in SearchText.Letters(text).EnumerateRunes())
        {
            if (IsOfWord(rune))
            {
                if (SearchText.HasNoSpaces(rune) != isRun || (part.Length == 0 && !joins))
                {
                    if (Take() is { } word)
                        yield return word;
                    isRun = SearchText.HasNoSpaces(rune);
                }
                part.Append(rune);
                joins = false;
            }
            else if (rune.Value is '\'' or '-' && part.Length > 0 && !isRun)
            {
                parts.Add(part.ToString());
                part.Clear();
                joins = true;
            }
            else
            {
                if (Take() is { } word)
                    yield return word;
                joins = false;
            }
        }
        if (Take() is { } last)
            yield return last;

        (IReadOnlyList<string>, bool)? Take()
        {
            if (part.Length > 0)
                parts.Add(part.ToString());
            part.Clear();
            if (parts.Count == 0)
                return null;
            var taken = parts;
            parts = [];
            return (taken, isRun);
        }
    }

    /// <summary>Neighbouring letters, two by two.</summary>
    private static IEnumerable<string> Pairs(string run)
    {
        for (var at = 0; ;)
        {
            var next = at + Rune.GetRuneAt(run, at).Utf16SequenceLength;
            if (next >= run.Length)
                yield break;
            yield return run[at..(next + Rune.GetRuneAt(run, next).Utf16SequenceLength)];
            at = next;
        }
    }

    private static string Last(string run) => run[^(char.IsLowSurrogate(run[^1]) ? 2 : 1)..];

    private static string Cut(string word) =>
        word.Length <= MaxTermLength
            ? word
            : word[..(char.IsHighSurrogate(word[MaxTermLength - 1]) ? MaxTermLength - 1 : MaxTermLength)];

    private static bool IsOfWord(Rune rune) => rune.IsAscii
        ? char.IsAsciiLetterOrDigit((char)rune.Value)
        : Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.SpacingCombiningMark or UnicodeCategory.NonSpacingMark or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
}
