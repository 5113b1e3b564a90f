using System.Globalization;

namespace Beat.Messaging.Notifications.Digests;

/// <summary>
/// A set of <c>seq</c> as text, neighbours as one: <c>3-10,12</c>. Those of a busy group are mostly neighbours.
/// </summary>
internal static class SeqRanges
{
    /// <param name="seq">Above all that are in it.</param>
    public static string Append(string ranges, long seq)
    {
        var all = Read(ranges);
        if (all is [.., var last] && last.To == seq - 1)
            all[^1] = (last.From, seq);
        else
            all.Add((seq, seq));
        return Write(all);
    }

    /// <returns>The same text when it was not in it.</returns>
    public static string Remove(string ranges, long seq) =>
        Write(Read(ranges).SelectMany(range => range.From <= seq && seq <= range.To
            ? new[] { (range.From, seq - 1), (seq + 1, range.To) }.Where(part => part.Item1 <= part.Item2)
            : [range]));

    public static long Count(string ranges) => Read(ranges).Sum(range => range.To - range.From + 1);

    /// <summary>The first and the last; zeros without any.</summary>
    public static (long First, long Last) Ends(string ranges) =>
        Read(ranges) is [var first, ..] all ? (first.From, all[^1].To) : (0, 0);

    private static List<(long From, long To)> Read(string ranges) =>
        ranges.Length == 0 ? [] : [.. ranges.Split(',').Select(range =>
    {
        var ends = range.Split('-');
        return (long.Parse(ends[0], CultureInfo.InvariantCulture), long.Parse(ends[^1], CultureInfo.InvariantCulture));
    })];

    private static string Write(IEnumerable<(long From, long To)> ranges) =>
        string.Join(',', ranges.Select(range => range.From == range.To
            ? range.From.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{range.From}-{range.To}")));
}
