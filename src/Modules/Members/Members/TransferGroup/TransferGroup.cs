namespace Beat.Messaging.Members.TransferGroup;

/// <summary>The next owner.</summary>
internal sealed record TransferGroupRequest
{
    /// <summary>Profile id of a member.</summary>
    public required Guid MemberId { get; init; }
}

internal sealed class TransferGroupEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/groups/{id}/transfer", Handle)
        .RequireScope(MemberCapabilities.Transfer.Scope)
        .WithName("TransferGroup").WithTags("Members")
        .WithSummary("Give a group to another member")
        .WithDescription("For its owner, who stays as an admin. Answers with the group.")
        .Refuses(
            MembershipProblems.GroupNotFound, Problems.Forbidden, MemberProblems.NotFound, MembershipProblems.UserNotFound,
            MemberProblems.ChangeSelf);

    private static async Task<Results<Ok<GroupResponse>, ProblemHttpResult>> Handle(
        Guid id, Body<TransferGroupRequest> body, TransferGroup transfer, IGroupReader groups, Caller caller, CancellationToken ct)
    {
        if (await transfer.Run(id, caller, body.Value.MemberId, ct) is { } refused)
            return refused.ToResult();
        return await groups.ReadTransferred(id, body.Value.MemberId, caller, ct) is { } group
            ? TypedResults.Ok(group)
            : MembershipProblems.GroupNotFound.ToResult();
    }
}

internal sealed class TransferGroup(ModuleStore<MembersContext> store)
{
    public Task<Problem?> Run(Guid groupId, Caller caller, Guid memberId, CancellationToken ct) => store.Write(async db =>
    {
        var isKnown = await db.IsKnown(memberId, ct);
        var entered = await db.RequireMember(groupId, caller, MemberCapabilities.Transfer, ct);
        if (entered.IsProblem)
            return entered.Problem!;
        if (memberId == caller.ProfileId)
            return MemberProblems.ChangeSelf;
        if (await db.FindMember(groupId, memberId, ct) is not { } to)
            return MemberProblems.NotFound;
        if (!isKnown)
            return MembershipProblems.UserNotFound;
        entered.Value.Roster.Transfer(db, to);
        return null;
    }, ct);
}
