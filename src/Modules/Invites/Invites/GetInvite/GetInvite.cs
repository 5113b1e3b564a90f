using Beat.Messaging.Invites.RevokeInvite;

namespace Beat.Messaging.Invites.GetInvite;

internal sealed class GetInviteEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/invites/{id}", Handle)
        .RequireScope(InviteScopes.Create, InviteScopes.Accept)
        .WithName("GetInvite").WithTags("Invites")
        .WithSummary("Read an invite")
        .WithDescription(
            "For its invitee, and, while they are members, for its inviter and moderators. Of a group that the caller has no place in and cannot "
            + "join by it, `group_name` is as it was when the invite was made, and `member_count` null.")
        .Refuses(InviteProblems.NotFound);

    private static async Task<Results<Ok<InviteResponse>, ProblemHttpResult>> Handle(
        Guid id, GetInvite get, Caller caller, CancellationToken ct) => (await get.Run(id, caller, ct)).ToOk();
}

internal sealed class GetInvite(ModuleStore<InvitesContext> store, InviteReader reader)
{
    public Task<Result<InviteResponse>> Run(Guid id, Caller caller, CancellationToken ct) =>
        store.Read<Result<InviteResponse>>(async db =>
    {
        var invite = await db.Invites.AsNoTracking().SingleOrDefaultAsync(i => i.Id == id, ct);
        if (invite is null)
            return InviteProblems.NotFound;
        var mayRead = invite.InviteeId == caller.ProfileId || await db.IsInviters(invite, caller.ProfileId, ct);
        return mayRead ? await reader.Read(db, id, caller.ProfileId, ct) : InviteProblems.NotFound;
    });
}
