namespace Beat.Messaging.Invites.RevokeInvite;

internal sealed class RevokeInviteEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapDelete("/invites/{id}", Handle)
        .RequireScope(InviteCapabilities.Manage.Scope)
        .WithName("RevokeInvite").WithTags("Invites")
        .WithSummary("Take an invite back")
        .WithDescription("For its inviter and the group's moderators. Again is 204 again.")
        .Refuses(InviteProblems.NotFound, InviteProblems.NotPending);

    private static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, RevokeInvite revoke, Caller caller, CancellationToken ct) =>
        (await revoke.Run(id, caller, ct)).ToNoContent();
}

internal sealed class RevokeInvite(ModuleStore<InvitesContext> store, TimeProvider time)
{
    public Task<Problem?> Run(Guid id, Caller caller, CancellationToken ct) => store.Write(async db =>
    {
        var found = await db.FindAsInviter(id, caller, ct);
        if (found.IsProblem)
            return found.Problem!;
        switch (found.Value.StatusAt(time.Now()))
        {
            case InviteStatus.Pending when found.Value.EnteringAuthId is null:
                found.Value.Revoke(db);
                return null;
            case InviteStatus.Revoked:
                return null;
            default:
                return InviteProblems.NotPending;
        }
    }, ct);
}

internal static class InvitersInvites
{
    /// <summary>For the inviter while they are a member, and for moderators; for everybody else there is none.</summary>
    public static async Task<Result<Invite>> FindAsInviter(this InvitesContext db, Guid id, Caller caller, CancellationToken ct)
    {
        var invite = await db.Invites.ForUpdate().SingleOrDefaultAsync(i => i.Id == id, ct);
        return invite is not null && await db.IsInviters(invite, caller.ProfileId, ct) ? invite : InviteProblems.NotFound;
    }

    /// <summary>
    /// Whether someone sees and manages it as its inviter or a moderator. Who has no place in the group is neither.
    /// </summary>
    public static async Task<bool> IsInviters(this InvitesContext db, Invite invite, Guid profileId, CancellationToken ct) =>
        await db.RankOf(invite.GroupId, profileId, ct) is { } rank
        && (invite.InviterId == profileId || ((Rank?)rank).Has(InviteCapabilities.Manage));
}
