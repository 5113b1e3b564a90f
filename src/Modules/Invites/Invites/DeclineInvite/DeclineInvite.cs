using Beat.Messaging.Invites.AcceptInvite;

namespace Beat.Messaging.Invites.DeclineInvite;

internal sealed class DeclineInviteEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app)
    {
        Describe(app.MapPost("/invites/decline",
            async Task<Results<Ok<InviteResponse>, ProblemHttpResult>> (
                Body<InviteTokenRequest> body, MyInvites mine, DeclineInvite decline, Caller caller, CancellationToken ct) =>
                (await mine.ByToken(body.Value.Token, caller, decline.Run, ct)).ToOk())).WithName("DeclineInviteByToken");
        Describe(app.MapPost("/invites/{id}/decline",
            async Task<Results<Ok<InviteResponse>, ProblemHttpResult>> (
                Guid id, DeclineInvite decline, Caller caller, CancellationToken ct) =>
                (await decline.Run(id, caller, ct)).ToOk())).WithName("DeclineInvite");
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route) => route
        .RequireScope(InviteScopes.Decline)
        .WithTags("Invites")
        .WithSummary("Decline an invite")
        .WithDescription("For its invitee. Again is 200 again.")
        .Refuses(InviteProblems.NotFound, InviteProblems.NotPending, InviteProblems.Expired, Problems.RateLimited);
}

internal sealed class DeclineInvite(ModuleStore<InvitesContext> store, InviteReader reader, TimeProvider time)
{
    public Task<Result<InviteResponse>> Run(Guid id, Caller caller, CancellationToken ct) =>
        store.Write<InviteResponse>(async db =>
        {
            var found = await db.FindPending(id, caller, InviteStatus.Declined, time.Now(), ct);
            if (found.IsProblem)
                return found.Problem!;
            if (found.Value.Status == InviteStatus.Pending)
                found.Value.Decline(db);
            await db.SaveChangesAsync(ct);
            return await reader.Read(db, id, caller.ProfileId, ct);
        }, ct);
}
