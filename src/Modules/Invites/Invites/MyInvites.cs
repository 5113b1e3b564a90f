namespace Beat.Messaging.Invites;

/// <summary>Finds an invite for the one it was sent to; for everybody else there is none.</summary>
internal sealed class MyInvites(InviteTokens tokens, FailedTokenLimit failed)
{
    public async Task<Result<InviteResponse>> ByToken(
        string token, Caller caller, Func<Guid, Caller, CancellationToken, Task<Result<InviteResponse>>> run,
        CancellationToken ct)
    {
        if (failed.CheckLimit(caller) is { } limited)
            return limited;
        var result = tokens.Read(token) is { } id ? await run(id, caller, ct) : InviteProblems.NotFound;
        if (result.Problem?.Code == InviteProblems.NotFound.Code)
            failed.RecordFailure(caller);
        return result;
    }
}

internal static class PendingInvites
{
    /// <param name="answered">What a pending one becomes now; one that is that already was answered so before.</param>
    public static async Task<Result<Invite>> FindPending(
        this InvitesContext db, Guid id, Caller caller, InviteStatus answered, DateTimeOffset now, CancellationToken ct)
    {
        var invite = await db.Invites.ForUpdate().SingleOrDefaultAsync(i => i.Id == id && i.InviteeId == caller.ProfileId, ct);
        return invite switch
        {
            null => InviteProblems.NotFound,
            { EnteringAuthId: not null } => answered == InviteStatus.Accepted ? invite : InviteProblems.NotPending,
            // Closed because they came in another way, and theirs to accept all the same.
            { IsOpenToMember: true } when answered == InviteStatus.Accepted => invite.ExpiresAt > now
                ? invite
                : InviteProblems.Expired,
            _ => invite.StatusAt(now) switch
            {
                InviteStatus.Pending => invite,
                var status when status == answered => invite,
                InviteStatus.Expired => InviteProblems.Expired,
                _ => InviteProblems.NotPending,
            },
        };
    }
}
