using Beat.Messaging.Shared.Hosting.Settings;

namespace Beat.Messaging.Messages.Loans;

/// <param name="ExpiresIn">How long a request or an offer stays open; one second to a year.</param>
internal sealed record LoanSettings(TimeSpan ExpiresIn)
{
    public static LoanSettings Read(SettingsReader read) =>
        new(TimeSpan.FromSeconds(read.Number("Borrow:ExpiresIn", 604_800, 1, 31_536_000)));
}
