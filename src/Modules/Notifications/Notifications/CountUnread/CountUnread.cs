using Beat.Messaging.Notifications.Realtime;

namespace Beat.Messaging.Notifications.CountUnread;

internal sealed class CountUnreadEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/notifications/unread_count", Handle)
        .RequireScope(Scopes.NotificationView)
        .WithName("CountUnreadNotifications").WithTags("Notifications")
        .WithSummary("Count my unread notifications");

    private static async Task<Ok<UnreadChanged>> Handle(ModuleStore<NotificationsContext> store, Caller caller, CancellationToken ct) =>
        TypedResults.Ok(new UnreadChanged(
            await store.Read(db => db.Notifications.CountAsync(n => n.RecipientId == caller.ProfileId && !n.IsRead, ct))));
}
