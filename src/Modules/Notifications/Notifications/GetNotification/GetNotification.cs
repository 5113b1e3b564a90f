namespace Beat.Messaging.Notifications.GetNotification;

internal sealed class GetNotificationEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/notifications/{id}", Handle)
        .RequireScope(NotificationScopes.View)
        .WithName("GetNotification").WithTags("Notifications")
        .WithSummary("Read a notification")
        .WithDescription($"For its recipient. {NotificationTypes.Documented}")
        .Refuses(NotificationProblems.NotFound);

    private static async Task<Results<Ok<NotificationResponse>, ProblemHttpResult>> Handle(
        Guid id, GetNotification get, Caller caller, CancellationToken ct) => (await get.Run(id, caller, ct)).ToOk();
}

internal sealed class GetNotification(ModuleStore<NotificationsContext> store)
{
    public Task<Result<NotificationResponse>> Run(Guid id, Caller caller, CancellationToken ct) =>
        store.Read<Result<NotificationResponse>>(async db =>
            await db.Notifications.AsNoTracking()
                .SingleOrDefaultAsync(n => n.Id == id && n.RecipientId == caller.ProfileId && !n.IsWithdrawn, ct) is { } found
                ? found.ToResponse()
                : NotificationProblems.NotFound);
}
