namespace Beat.Messaging.Widgets.CreateWidget;

/// <summary>What to make.</summary>
internal sealed record CreateWidgetRequest
{
    /// <summary>What it is called.</summary>
    [TextLength(1, Widget.MaxTitle)]
    public required string Title { get; init; }
}

internal sealed class CreateWidgetEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/groups/{id}/widgets", Handle)
        .RequireScope(WidgetCapabilities.Create.Scope)
        .WithName("CreateWidget").WithTags("Widgets")
        .WithSummary("Make a widget")
        .WithDescription("For members.")
        .Refuses(MembershipProblems.GroupNotFound, Problems.Forbidden);

    private static async Task<Results<Created<WidgetResponse>, ProblemHttpResult>> Handle(
        Guid id, Body<CreateWidgetRequest> body, CreateWidget create, Caller caller, CancellationToken ct) =>
        (await create.Run(id, caller, body.Value, ct)).ToCreated(made => $"widgets/{made.Id}");
}

internal sealed class CreateWidget(ModuleStore<WidgetsContext> store, TimeProvider time)
{
    public Task<Result<WidgetResponse>> Run(Guid groupId, Caller caller, CreateWidgetRequest request, CancellationToken ct) =>
        store.Write<WidgetResponse>(async db =>
        {
            // Locked until this commits: a deletion at the same time is seen here, or sees this.
            await db.Set<GroupReplica>().ForUpdate().SingleOrDefaultAsync(group => group.GroupId == groupId, ct);
            if (await db.CheckAccess(groupId, caller.ProfileId, WidgetCapabilities.Create, ct) is { } refused)
                return refused;
            var now = time.Now();
            var made = new Widget
            {
                Id = Guid.CreateVersion7(now),
                GroupId = groupId,
                CreatorId = caller.ProfileId,
                Title = request.Title,
                InsertedAt = now,
            };
            db.Add(made);
            db.Raise(new WidgetCreated(made.Id, groupId, made.CreatorId, made.Title, made.InsertedAt), made.Id, 1);
            return made.ToResponse();
        }, ct);
}
