using Microsoft.AspNetCore.Mvc;

namespace Beat.Messaging.Notifications.ListNotifications;

internal sealed class ListNotificationsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/notifications", Handle)
        .RequireScope(NotificationScopes.View)
        .WithName("ListNotifications").WithTags("Notifications")
        .WithSummary("List my notifications")
        .WithDescription($"Newest first; `is_read` and `type` narrow it. {NotificationTypes.Documented}");

    private static async Task<Results<Ok<Page<NotificationResponse>>, ProblemHttpResult>> Handle(
        [FromQuery(Name = "is_read")] bool? isRead, string? type, [AsParameters] PageRequest page, ListNotifications list,
        Caller caller,
        CancellationToken ct) =>
        (await list.Run(caller, isRead, type, page, ct)).ToOk();
}

internal sealed class ListNotifications(ModuleStore<NotificationsContext> store, Cursors cursors)
{
    public Task<Result<Page<NotificationResponse>>> Run(
        Caller caller, bool? isRead, string? type, PageRequest page, CancellationToken ct) =>
        store.Read(async db =>
        {
            var mine = db.Notifications.AsNoTracking().Where(n => n.RecipientId == caller.ProfileId && !n.IsWithdrawn);
            if (isRead is { } read)
                mine = mine.Where(n => n.IsRead == read);
            if (type is not null)
                mine = mine.Where(n => n.Type == type);
            var found = await mine.ToPage(
                page, cursors.Of("notifications", caller.ProfileId, isRead, type), n => n.InsertedAt, n => n.Id, descending: true,
                ct);
            return found.Map(notifications => notifications.Map(n => n.ToResponse()));
        });
}
