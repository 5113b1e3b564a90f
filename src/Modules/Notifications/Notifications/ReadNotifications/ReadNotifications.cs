using Beat.Messaging.Notifications.Pushes;

namespace Beat.Messaging.Notifications.ReadNotifications;

/// <summary>Up to which; all of them without it.</summary>
internal sealed record ReadNotificationsRequest
{
    /// <summary>A notification of mine: it and all older ones are read.</summary>
    public Guid? UpTo { get; init; }
}

internal sealed class ReadNotificationsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapPut("/notifications/{id}/read", One)
            .RequireScope(NotificationScopes.View)
            .WithName("ReadNotification").WithTags("Notifications")
            .WithSummary("Mark a notification read")
            .WithDescription("For its recipient; again is no change.")
            .Refuses(NotificationProblems.NotFound);
        app.MapPut("/notifications/read", UpTo)
            .RequireScope(NotificationScopes.View)
            .WithName("ReadNotifications").WithTags("Notifications")
            .WithSummary("Mark my notifications read")
            .WithDescription("Up to one of them, or all.")
            .Refuses(NotificationProblems.NotFound);
    }

    private static async Task<Results<Ok<NotificationResponse>, ProblemHttpResult>> One(
        Guid id, ReadNotifications read, Caller caller, CancellationToken ct) => (await read.One(id, caller, ct)).ToOk();

    private static async Task<Results<NoContent, ProblemHttpResult>> UpTo(
        Body<ReadNotificationsRequest> body, ReadNotifications read, Caller caller, CancellationToken ct) =>
        (await read.UpTo(body.Value.UpTo, caller, ct)).ToNoContent();
}

internal sealed class ReadNotifications(ModuleStore<NotificationsContext> store, PushNotifications push)
{
    public async Task<Result<NotificationResponse>> One(Guid id, Caller caller, CancellationToken ct)
    {
        var read = await store.Write<NotificationResponse>(async db =>
        {
            var found = await db.Notifications.ForUpdate().SingleOrDefaultAsync(
                n => n.Id == id && n.RecipientId == caller.ProfileId && !n.IsWithdrawn, ct);
            if (found is null)
                return NotificationProblems.NotFound;
            found.IsRead = true;
            return found.ToResponse();
        }, ct);
        if (!read.IsProblem)
            await push.Unread(caller.ProfileId, ct);
        return read;
    }

    public async Task<Problem?> UpTo(Guid? upTo, Caller caller, CancellationToken ct)
    {
        var refused = await store.Write(async db =>
        {
            var mine = db.Notifications.Where(n => n.RecipientId == caller.ProfileId);
            var unread = mine.Where(n => !n.IsRead);
            if (upTo is { } id)
            {
                // Also up to one that was withdrawn while it was on the screen.
                if (await mine.SingleOrDefaultAsync(n => n.Id == id, ct) is not { } last)
                    return NotificationProblems.NotFound;
                unread = unread.Where(
                    n => n.InsertedAt < last.InsertedAt || (n.InsertedAt == last.InsertedAt && n.Id.CompareTo(last.Id) <= 0));
            }
            await unread.ExecuteUpdateAsync(row => row.SetProperty(n => n.IsRead, true), ct);
            return null;
        }, ct);
        if (refused is null)
            await push.Unread(caller.ProfileId, ct);
        return refused;
    }
}
