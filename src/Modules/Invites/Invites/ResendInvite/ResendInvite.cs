using Beat.Messaging.Invites.RevokeInvite;

namespace Beat.Messaging.Invites.ResendInvite;

internal sealed class ResendInviteEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/invites/{id}/resend", Handle)
        .RequireScope(InviteScopes.Create)
        .WithName("ResendInvite").WithTags("Invites")
        .WithSummary("Tell the invitee again")
        .WithDescription("For its inviter and the group's moderators, at most once an hour.")
        .Refuses(InviteProblems.NotFound, InviteProblems.NotPending, InviteProblems.Expired, Problems.RateLimited);

    private static async Task<Results<Ok<InviteResponse>, ProblemHttpResult>> Handle(
        Guid id, ResendInvite resend, Caller caller, CancellationToken ct) => (await resend.Run(id, caller, ct)).ToOk();
}

internal sealed class ResendInvite(ModuleStore<InvitesContext> store, InviteReader reader, TimeProvider time)
{
    public Task<Result<InviteResponse>> Run(Guid id, Caller caller, CancellationToken ct) =>
        store.Write<InviteResponse>(async db =>
        {
            var now = time.Now();
            var found = await db.FindAsInviter(id, caller, ct);
            if (found.IsProblem)
                return found.Problem!;
            var invite = found.Value;
            if (invite.StatusAt(now) is var status and not InviteStatus.Pending)
                return status == InviteStatus.Expired ? InviteProblems.Expired : InviteProblems.NotPending;
            if (now - invite.NotifiedAt < Invite.ResendPause)
                return Problems.RateLimited.RetryIn(
                    (int)Math.Ceiling((invite.NotifiedAt + Invite.ResendPause - now).TotalSeconds));
            invite.Resend(db, now);
            await db.SaveChangesAsync(ct);
            return await reader.Read(db, id, caller.ProfileId, ct);
        }, ct);
}
