using Beat.Messaging.Shared.Events;

namespace Beat.Messaging.Invites.AcceptInvite;

/// <summary>The invite, by its token.</summary>
internal sealed record InviteTokenRequest
{
    public required string Token { get; init; }
}

internal sealed class AcceptInviteEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app)
    {
        Describe(app.MapPost("/invites/accept",
            async Task<Results<Ok<InviteResponse>, ProblemHttpResult>> (
                Body<InviteTokenRequest> body, MyInvites mine, AcceptInvite accept, Caller caller, CancellationToken ct) =>
                (await mine.ByToken(body.Value.Token, caller, accept.Run, ct)).ToOk())).WithName("AcceptInviteByToken");
        Describe(app.MapPost("/invites/{id}/accept",
            async Task<Results<Ok<InviteResponse>, ProblemHttpResult>> (
                Guid id, AcceptInvite accept, Caller caller, CancellationToken ct) =>
                (await accept.Run(id, caller, ct)).ToOk())).WithName("AcceptInvite");
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route) => route
        .RequireScope(InviteScopes.Accept)
        .WithTags("Invites")
        .WithSummary("Accept an invite")
        .WithDescription(
            "For its invitee, who is a member when this answers; `role` is what the membership is then. Again is 200 again while they are one. An "
            + "inviter who may no longer grant the role gives `member`. Who is a member already keeps their role, or gets the higher one, once. An "
            + "invite does not outlive a removal of its invitee or its inviter.")
        .Refuses(
            InviteProblems.NotFound, InviteProblems.NotPending, InviteProblems.Expired, MembershipProblems.UserNotFound,
            Problems.LimitReached, Problems.RateLimited);
}

/// <summary>
/// Asks Members to let the invitee in: it decides where memberships are written, and the answer is what it decided.
/// </summary>
internal sealed class AcceptInvite(
    ModuleStore<InvitesContext> store, InviteReader reader, InlineDeliveries deliveries, TimeProvider time)
{
    public async Task<Result<InviteResponse>> Run(Guid id, Caller caller, CancellationToken ct)
    {
        var requested = await store.Write<(Guid GroupId, bool IsRepeat)>(async db =>
        {
            var found = await db.FindPending(id, caller, InviteStatus.Accepted, time.Now(), ct);
            if (found.IsProblem)
                return found.Problem!;
            var invite = found.Value;
            if (invite.Status == InviteStatus.Accepted || invite.EnteringAuthId is not null)
                return (invite.GroupId, true);
            if (!await db.Users.AnyAsync(u => u.ProfileId == caller.ProfileId && u.IsKnown, ct))
                return MembershipProblems.UserNotFound;
            invite.RequestEntry(db, caller.AuthId);
            return (invite.GroupId, false);
        }, ct);
        if (requested.IsProblem)
            return requested.Problem!;
        var (groupId, isRepeat) = requested.Value;
        if (isRepeat)
            await deliveries.WaitUntilDelivered(groupId, ct);
        return await store.Read<Result<InviteResponse>>(
            async db => await db.Invites.AsNoTracking().SingleOrDefaultAsync(i => i.Id == id, ct) switch
        {
            null => InviteProblems.NotFound,
            // Members is away: it decides as soon as it is back.
            { EnteringAuthId: not null } => Problems.StoreUnavailable,
            // Whoever went since does not come back by it.
            { Status: InviteStatus.Accepted } when isRepeat
                && await db.RankOf(groupId, caller.ProfileId, ct) is null => InviteProblems.NotPending,
            { Status: InviteStatus.Accepted } => await reader.Read(db, id, caller.ProfileId, ct),
            { Status: InviteStatus.Pending } => Problems.LimitReached.WithDetail(
                "The group has as many members, or you are in as many groups, as there may be."),
            _ => InviteProblems.NotPending,
        });
    }
}
