namespace Beat.Messaging.Widgets.ListWidgets;

internal sealed class ListWidgetsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/groups/{id}/widgets", Handle)
        .RequireScope(WidgetCapabilities.View.Scope)
        .WithName("ListWidgets").WithTags("Widgets")
        .WithSummary("List the widgets of a group")
        .WithDescription("For members; newest first.")
        .Refuses(MembershipProblems.GroupNotFound, Problems.Forbidden);

    private static async Task<Results<Ok<Page<WidgetResponse>>, ProblemHttpResult>> Handle(
        Guid id, [AsParameters] PageRequest page, ListWidgets list, Caller caller, CancellationToken ct) =>
        (await list.Run(id, caller, page, ct)).ToOk();
}

internal sealed class ListWidgets(ModuleStore<WidgetsContext> store, Cursors cursors)
{
    public Task<Result<Page<WidgetResponse>>> Run(Guid groupId, Caller caller, PageRequest page, CancellationToken ct) =>
        store.Read<Result<Page<WidgetResponse>>>(async db =>
        {
            if (await db.CheckAccess(groupId, caller.ProfileId, WidgetCapabilities.View, ct) is { } refused)
                return refused;
            var found = await db.Widgets.AsNoTracking().Where(one => one.GroupId == groupId)
                .ToPage(page, cursors.Of("widgets", groupId), one => one.InsertedAt, one => one.Id, descending: true, ct);
            return found.Map(widgets => widgets.Map(one => one.ToResponse()));
        });
}
