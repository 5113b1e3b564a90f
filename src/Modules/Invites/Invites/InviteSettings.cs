using Beat.Messaging.Shared.Hosting.Settings;

namespace Beat.Messaging.Invites;

/// <param name="ExpiresIn">Of an invite that names none; one hour to 30 days.</param>
/// <param name="RemindBefore">How long before it expires an invitee is reminded; zero: never.</param>
/// <param name="FailedTokensPerMinute">Unknown tokens that a person may try.</param>
internal sealed record InviteSettings(TimeSpan ExpiresIn, TimeSpan RemindBefore, int FailedTokensPerMinute)
{
    public static InviteSettings Read(SettingsReader read) => new(
        TimeSpan.FromSeconds(read.Number("Invites:ExpiresIn", 604_800, Invite.MinExpiresIn, Invite.MaxExpiresIn)),
        TimeSpan.FromSeconds(read.Number("Invites:RemindBefore", 86_400, 0, Invite.MaxExpiresIn)),
        read.Number("Limits:FailedInvitesPerMinute", 10, 1, 100_000));
}
