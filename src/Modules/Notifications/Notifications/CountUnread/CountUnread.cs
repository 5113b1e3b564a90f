using Beat.Messaging.Notifications.Data;
using Beat.Messaging.Notifications.Realtime;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Infrastructure.Auth;
using Beat.Messaging.Shared.Infrastructure.Persistence;
using Carter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

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
