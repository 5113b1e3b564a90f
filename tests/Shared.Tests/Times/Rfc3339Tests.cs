using System.Globalization;
using Beat.Messaging.Shared.Hosting.Json;
using Beat.Messaging.Shared.Hosting.Web;

namespace Beat.Messaging.Shared.Tests.Times;

public sealed class Rfc3339Tests
{
    [Theory]
    [InlineData("2027-02-01T17:30:00Z", "2027-02-01T17:30:00.0000000Z")]
    [InlineData("2027-02-01t17:30:00z", "2027-02-01T17:30:00.0000000Z")]
    [InlineData("2027-02-01T17:30:00+00:00", "2027-02-01T17:30:00.0000000Z")]
    [InlineData("2027-02-01T17:30:00-00:00", "2027-02-01T17:30:00.0000000Z")]
    [InlineData("2027-02-01T17:30:00+05:45", "2027-02-01T11:45:00.0000000Z")]
    [InlineData("2027-02-01T17:30:00-23:59", "2027-02-02T17:29:00.0000000Z")]
    [InlineData("2027-02-01T17:30:00.5Z", "2027-02-01T17:30:00.5000000Z")]
    [InlineData("2026-11-23T09:50:30.723617422Z", "2026-11-23T09:50:30.7236174Z")]
    [InlineData("2026-11-23T09:50:30.99999999999999999999Z", "2026-11-23T09:50:30.9999999Z")]
    [InlineData("2028-02-29T00:00:00Z", "2028-02-29T00:00:00.0000000Z")]
    [InlineData("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.0000000Z")]
    [InlineData("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z")]
    [InlineData("9999-12-31T23:59:59+23:59", "9999-12-31T00:00:59.0000000Z")]
    public void A_time_is_read(string text, string utc)
    {
        Assert.True(Rfc3339.TryParse(text, out var time));
        Assert.Equal(utc, time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        Assert.Equal(TimeSpan.Zero, time.Offset);
        Assert.Equal(time, Binder.BindValue<DateTimeOffset>("due_at", JsonSerializer.SerializeToElement(text)).Value);
    }

    [Theory]
    // Parts of a time, and what people write.
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("10:00")]
    [InlineData("5 PM")]
    [InlineData("tomorrow")]
    [InlineData("01/02/2027")]
    [InlineData("1.2.2027")]
    [InlineData("2027")]
    [InlineData("2027-02")]
    [InlineData("2027-02-01")]
    [InlineData("2027-02-01Z")]
    [InlineData("2027-02-01T17:30Z")]
    [InlineData("2027-02-01T17:30:00")]
    [InlineData("2027-02-01 17:30:00Z")]
    [InlineData("Mon, 01 Feb 2027 17:30:00 GMT")]
    [InlineData("20270201T173000Z")]
    [InlineData("2027-W05-1T17:30:00Z")]
    [InlineData("2027-032T17:30:00Z")]
    [InlineData("1801503000")]
    [InlineData("/Date(1801503000000)/")]
    // Not on the calendar or the clock.
    [InlineData("2027-02-29T00:00:00Z")]
    [InlineData("2027-00-01T00:00:00Z")]
    [InlineData("2027-13-01T00:00:00Z")]
    [InlineData("2027-04-31T00:00:00Z")]
    [InlineData("2027-04-00T00:00:00Z")]
    [InlineData("2027-02-01T24:00:00Z")]
    [InlineData("2027-02-01T23:60:00Z")]
    [InlineData("2016-12-31T23:59:60Z")]
    [InlineData("2016-12-31T15:59:60-08:00")]
    [InlineData("2027-02-01T25:00:00Z")]
    // Offsets that are none.
    [InlineData("2027-02-01T17:30:00+24:00")]
    [InlineData("2027-02-01T17:30:00+05:60")]
    [InlineData("2027-02-01T17:30:00+0545")]
    [InlineData("2027-02-01T17:30:00+05")]
    [InlineData("2027-02-01T17:30:00+5:45")]
    [InlineData("2027-02-01T17:30:00 +05:45")]
    [InlineData("2027-02-01T17:30:00 Z")]
    [InlineData("2027-02-01T17:30:00ZZ")]
    [InlineData("2027-02-01T17:30:00Z[Europe/Lisbon]")]
    [InlineData("2027-02-01T17:30:00\u221205:00")]
    [InlineData("2027-02-01T17:30:00 UTC")]
    // Digits.
    [InlineData("2027-2-1T17:30:00Z")]
    [InlineData("27-02-01T17:30:00Z")]
    [InlineData("12027-02-01T17:30:00Z")]
    [InlineData("+2027-02-01T17:30:00Z")]
    [InlineData("-2027-02-01T17:30:00Z")]
    [InlineData("2027-02-01T17:30:00.Z")]
    [InlineData("2027-02-01T17:30:00,5Z")]
    [InlineData("2027-02-01T17:30:00.5e1Z")]
    [InlineData("２０２７-02-01T17:30:00Z")]
    [InlineData("٢٠٢٧-02-01T17:30:00Z")]
    // White space and what cannot be seen.
    [InlineData(" 2027-02-01T17:30:00Z")]
    [InlineData("2027-02-01T17:30:00Z ")]
    [InlineData("2027-02-01T17:30:00Z\n")]
    [InlineData("2027-02-01T17:30:00Z\0")]
    [InlineData("\u200e2027-02-01T17:30:00Z")]
    // Years, here and in UTC.
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("1969-12-31T23:59:59-05:00")]
    [InlineData("1970-01-01T00:00:00+00:01")]
    [InlineData("9999-12-31T23:59:59-00:01")]
    [InlineData("9999-12-31T12:00:00-14:00")]
    public void Anything_else_is_refused_by_what_it_must_be(string text)
    {
        Assert.False(Rfc3339.TryParse(text, out _));
        var problem = Binder.BindValue<DateTimeOffset>("due_at", JsonSerializer.SerializeToElement(text)).Problem!;
        Assert.Equal("validation_error", problem.Code);
        Assert.Equal([Rfc3339.Rule], problem.Errors!["due_at"]);
    }

    [Theory]
    [InlineData("1801503000")]
    [InlineData("{}")]
    [InlineData("true")]
    [InlineData("[\"2027-02-01T17:30:00Z\"]")]
    [InlineData("\"\\ud800\"")]
    public void What_is_no_text_is_refused_alike(string json) =>
        Assert.Equal(
            [Rfc3339.Rule],
            Binder.BindValue<DateTimeOffset>("due_at", JsonDocument.Parse(json).RootElement).Problem!.Errors!["due_at"]);
}
