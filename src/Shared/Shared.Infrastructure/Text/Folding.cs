using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Beat.Messaging.Shared.Infrastructure.Text;

/// <summary>Texts as they are looked for: in lower case, without accents, white space as one space.</summary>
public static class Folding
{
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

    /// <summary>The same for what is stored and what is asked for; empty for a text without anything to see.</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
                folded.Append(folded.Length == 0 || folded[^1] == ' ' ? "" : " ");
            else if (!IsMark(rune))
                folded.Append(Fold(rune));
        }
        return folded.ToString().TrimEnd();
    }

    public static Rune Fold(Rune rune)
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

    /// <summary>Accents that stand alone, and what is not seen.</summary>
    public static bool IsMark(Rune rune) => !rune.IsAscii
        && Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format;

    /// <summary>Takes the accents out of a column that was in lower case already, for a migration.</summary>
    /// <param name="schema">Null on SQLite, where a module has a file of its own.</param>
    public static void FoldColumn(this MigrationBuilder migration, string? schema, string table, string column)
    {
        const int AtOnce = 50;
        const int LastCombiningAccent = 0x36F;
        var named = schema is null ? table : $"{schema}.{table}";
        var hasMore = schema is null
            ? $"length({column}) <> length(CAST({column} AS BLOB))"
            : $"length({column}) <> octet_length({column})";
        var steps = Folds.SelectMany(range => Enumerable.Range(range.First, range.Folded.Length))
            .Select(value => (From: new Rune(value), To: Fold(new Rune(value)).ToString()))
            .Where(step => step.From.ToString() != step.To && Rune.ToLowerInvariant(step.From) == step.From)
            .Concat(Enumerable.Range(0x300, LastCombiningAccent - 0x300 + 1).Select(value => (new Rune(value), "")));
        foreach (var some in steps.Chunk(AtOnce))
        {
            var folded = some.Aggregate(column, (text, step) => $"replace({text}, '{step.Item1}', '{step.Item2}')");
            migration.Sql($"UPDATE {named} SET {column} = {folded} WHERE {hasMore}");
        }
    }
}
