using System.Globalization;
using System.Text.RegularExpressions;

namespace Beat.Messaging.Shared.Hosting.Json;

/// <summary>
/// Times as clients and other services write them: <c>date-time</c> of RFC 3339 (5.6), from 1970 to 9999, and nothing else. A
/// leap second is refused, because no store can keep it. Digits beyond 100 ns are cut.
/// </summary>
public static partial class Rfc3339
{
    /// <summary>What a field that is none is told.</summary>
    public const string Rule =
        "must be an RFC 3339 time of the years 1970 to 9999, with Z or an offset, e.g. 2027-02-01T17:30:00Z";

    private const string WithoutFraction = "yyyy-MM-dd'T'HH:mm:ss";

    /// <param name="time">In UTC.</param>
    public static bool TryParse(string? text, out DateTimeOffset time)
    {
        time = default;
        if (text is null || Form().Match(text) is not { Success: true } form
            || !DateTime.TryParseExact(
                form.Groups["whole"].Value.ToUpperInvariant(), WithoutFraction, CultureInfo.InvariantCulture, DateTimeStyles.None,
                out var local))
            return false;
        var fraction = form.Groups["fraction"].Value.PadRight(7, '0')[..7];
        var offset = form.Groups["hours"] is { Success: true } hours
            ? new TimeSpan(
                int.Parse(hours.ValueSpan, CultureInfo.InvariantCulture),
                int.Parse(form.Groups["minutes"].ValueSpan, CultureInfo.InvariantCulture), 0)
            : TimeSpan.Zero;
        var ahead = form.Groups["sign"].Value == "-" ? -offset.Ticks : offset.Ticks;
        var ticks = local.Ticks + long.Parse(fraction, CultureInfo.InvariantCulture) - ahead;
        if (local.Year < DateTime.UnixEpoch.Year || ticks < DateTime.UnixEpoch.Ticks || ticks > DateTime.MaxValue.Ticks)
            return false;
        time = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    [GeneratedRegex(
        @"\A(?<whole>[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2})(\.(?<fraction>[0-9]+))?([Zz]|(?<sign>[+-])(?<hours>[01][0-9]|2[0-3]):(?<minutes>[0-5][0-9]))\z",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
