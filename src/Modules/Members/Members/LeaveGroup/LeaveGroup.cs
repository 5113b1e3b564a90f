namespace Beat.Messaging.Members.LeaveGroup;

internal sealed class LeaveGroupEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/groups/{id}/leave", Handle)
        .RequireScope(MemberCapabilities.Leave.Scope)
        .WithName("LeaveGroup").WithTags("Members")
        .WithSummary("Leave a group")
        .WithDescription("An owner transfers the group first; the last one to leave ends it.")
        .Refuses(MembershipProblems.GroupNotFound, Problems.Forbidden, MemberProblems.OwnerCannotLeave);

    private static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, LeaveGroup leave, Caller caller, CancellationToken ct) =>
        (await leave.Run(id, caller, ct)).ToNoContent();
}

internal sealed class LeaveGroup(ModuleStore<MembersContext> store)
{
    public Task<Problem?> Run(Guid groupId, Caller caller, CancellationToken ct) => store.Write(async db =>
    {
        var entered = await db.RequireMember(groupId, caller, MemberCapabilities.Leave, ct);
        if (entered.IsProblem)
            return entered.Problem!;
        var (roster, me) = entered.Value;
        if (roster.RankOf(me) == Rank.Owner
            && await db.Members.AnyAsync(
                m => m.GroupId == groupId && m.State == MemberState.Present && m.ProfileId != me.ProfileId, ct))
            return MemberProblems.OwnerCannotLeave;
        roster.Remove(db, me);
        return null;
    }, ct);
}
