namespace Beat.Messaging.Notifications.Preferences;

internal sealed class ListPreferencesEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/notifications/preferences", Handle)
        .RequireScope(NotificationScopes.View)
        .WithName("ListNotificationPreferences").WithTags("Notifications")
        .WithSummary("List my preferences")
        .WithDescription("One for each group that I am in, in the order in which I came; `mentions` where I said nothing.");

    private static async Task<Results<Ok<Page<PreferenceResponse>>, ProblemHttpResult>> Handle(
        [AsParameters] PageRequest page, ListPreferences list, Caller caller, CancellationToken ct) =>
        (await list.Run(caller, page, ct)).ToOk();
}

internal sealed class ListPreferences(ModuleStore<NotificationsContext> store, Cursors cursors)
{
    public Task<Result<Page<PreferenceResponse>>> Run(Caller caller, PageRequest page, CancellationToken ct) =>
        store.Read<Result<Page<PreferenceResponse>>>(async db =>
        {
            var found = await db.Set<MemberReplica>().AsNoTracking()
                .Where(m => m.ProfileId == caller.ProfileId && m.Role != null
                    && db.Groups.Any(g => g.GroupId == m.GroupId && !g.IsDeleted))
                .ToPage(
                    page, cursors.Of("preferences", caller.ProfileId), m => m.JoinedAt, m => m.GroupId, descending: false, ct);
            if (found.IsProblem)
                return found.Problem!;
            var groupIds = found.Value.Data.Select(m => m.GroupId).ToList();
            var mine = await db.Preferences.AsNoTracking()
                .Where(p => p.ProfileId == caller.ProfileId && groupIds.Contains(p.GroupId))
                .ToDictionaryAsync(p => p.GroupId, ct);
            return found.Value.Map(m => mine.GetValueOrDefault(m.GroupId)?.ToResponse() ?? Preference.Default(m.GroupId));
        });
}
