namespace Beat.Messaging.Groups.ListPoints;

/// <summary>A row of the ledger.</summary>
/// <param name="Points">Negative in a reversal.</param>
/// <param name="Xp">Negative in a reversal.</param>
/// <param name="SubjectId">What it was earned with: the group, an invite, a message, or the message that a loan began
/// with.</param>
internal sealed record PointEntryResponse(
    Guid Id, PointRule Rule, Guid ProfileId, int Points, int Xp, Guid SubjectId, PointKind Kind, DateTimeOffset InsertedAt);

internal sealed class ListPointsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/groups/{id}/points", Handle)
        .RequireScope(GroupCapabilities.ViewPoints.Scope)
        .WithName(nameof(ListPoints)).WithTags("Groups")
        .WithSummary("List what earned a group its points")
        .WithDescription("For members. The ledger, newest first; its sum is the group's `sustainability_points` and `xp`.")
        .Refuses(MembershipProblems.GroupNotFound, Problems.Forbidden);

    private static async Task<Results<Ok<Page<PointEntryResponse>>, ProblemHttpResult>> Handle(
        Guid id, [AsParameters] PageRequest page, ListPoints list, Caller caller, CancellationToken ct) =>
        (await list.Run(id, caller, page, ct)).ToOk();
}

internal sealed class ListPoints(ModuleStore<GroupsContext> store, Cursors cursors)
{
    public Task<Result<Page<PointEntryResponse>>> Run(Guid groupId, Caller caller, PageRequest page, CancellationToken ct) =>
        store.Read<Result<Page<PointEntryResponse>>>(async db =>
        {
            if (await db.CheckAccess(groupId, caller.ProfileId, GroupCapabilities.ViewPoints, ct) is { } refused)
                return refused;
            var found = await db.Points.AsNoTracking().Where(e => e.GroupId == groupId)
                .ToPage(page, cursors.Of("points", groupId), e => e.InsertedAt, e => e.Id, descending: true, ct);
            return found.Map(entries => entries.Map(e => new PointEntryResponse(
                e.Id, e.Rule, e.ProfileId, e.Points, e.Xp, e.SubjectId, e.Kind, e.InsertedAt)));
        });
}
