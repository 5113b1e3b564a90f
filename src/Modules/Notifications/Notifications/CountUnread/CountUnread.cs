using Beat.Messaging.Notifications.Pushes;

namespace Beat.Messaging.Notifications.CountUnread;

internal sealed class CountUnreadEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/notifications/unread_count", Handle)
        .RequireScope(NotificationScopes.View)
        .WithName("CountUnreadNotifications").WithTags("Notifications")
        .WithSummary("Count my unread notifications");

    private static async Task<Ok<UnreadChanged>> Handle(CountUnread count, Caller caller, CancellationToken ct) =>
        TypedResults.Ok(await count.Run(caller, ct));
}

internal sealed class CountUnread(ModuleStore<NotificationsContext> store)
{
    public async Task<UnreadChanged> Run(Caller caller, CancellationToken ct) => new(
        await store.Read(db => db.Notifications.CountAsync(n => n.RecipientId == caller.ProfileId && !n.IsRead, ct)));
}
