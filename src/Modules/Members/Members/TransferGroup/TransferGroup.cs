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
        .Refuses(MembershipProblems.GroupNotFound, Problems.Forbidden, MemberProblems.NotFound, MembershipProblems.UserNotFound,
            MemberProblems.ChangeSelf);

    private static async Task<Results<Ok<GroupResponse>, ProblemHttpResult>> Handle(
        Guid id, Body<TransferGroupRequest> body, TransferGroup transfer, Caller caller, CancellationToken ct) =>
        (await transfer.Run(id, caller, body.Value.MemberId, ct)).ToOk();
}

internal sealed class TransferGroup(ModuleStore<MembersContext> store, IEnumerable<Capability> capabilities)
{
    public async Task<Result<GroupResponse>> Run(Guid groupId, Caller caller, Guid memberId, CancellationToken ct)
    {
        var refused = await store.Write(async db =>
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
            // Without a copy of the group there is no answer yet.
            if (entered.Value.Roster.InsertedAt is null)
                return Problems.StoreUnavailable;
            entered.Value.Roster.Transfer(db, to);
            return null;
        }, ct);
        return refused is not null ? refused : await Answer(groupId, caller, ct);
    }

    /// <summary>
    /// The group as its former owner, an admin now, sees it. Groups has counted the change by now, unless its event is late; who
    /// owns the group and who is in it is written here.
    /// </summary>
    private Task<Result<GroupResponse>> Answer(Guid groupId, Caller caller, CancellationToken ct) =>
        store.Read<Result<GroupResponse>>(async db =>
    {
        if (await db.Rosters.AsNoTracking().SingleOrDefaultAsync(r => r.GroupId == groupId && !r.IsDeleted, ct) is not { } group)
            return MembershipProblems.GroupNotFound;
        var members = db.Members.Where(m => m.GroupId == groupId && m.State == MemberState.Present);
        return new GroupResponse(
            groupId, group.Name, group.Description, group.IsPublic, group.OwnerId, group.AvatarUrl, group.SustainabilityPoints,
            group.Xp, await members.CountAsync(ct),
            await members.OrderBy(m => m.JoinedAt).ThenBy(m => m.ProfileId).Select(m => m.ProfileId)
                .Take(GroupResponse.MembersShown).ToListAsync(ct),
            nameof(Rank.Admin).ToLowerInvariant(), capabilities.NamesFor(Rank.Admin, caller), group.InsertedAt!.Value,
            group.UpdatedAt!.Value, group.GroupRevision);
    });
}
