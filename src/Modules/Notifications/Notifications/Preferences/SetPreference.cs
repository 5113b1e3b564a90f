namespace Beat.Messaging.Notifications.Preferences;

/// <summary>What to be told of one group; it replaces what was set before.</summary>
internal sealed record SetPreferenceRequest
{
    public required Guid GroupId { get; init; }

    public required NotificationLevel Level { get; init; }

    /// <summary>Until then only what is about me; null or absent unmutes, and a time that has passed mutes nothing.</summary>
    public DateTimeOffset? MutedUntil { get; init; }
}

internal sealed class SetPreferenceEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPut("/notifications/preferences", Handle)
        .RequireScope(NotificationScopes.View)
        .WithName("SetNotificationPreference").WithTags("Notifications")
        .WithSummary("Set my preference for a group")
        .WithDescription("For its members. Invites, removals and changes of my role are told whatever I set.")
        .Refuses(MembershipProblems.GroupNotFound);

    private static async Task<Results<Ok<PreferenceResponse>, ProblemHttpResult>> Handle(
        Body<SetPreferenceRequest> body, SetPreference set, Caller caller, CancellationToken ct) =>
            (await set.Run(body.Value, caller, ct)).ToOk();
}

internal sealed class SetPreference(ModuleStore<NotificationsContext> store)
{
    public Task<Result<PreferenceResponse>> Run(SetPreferenceRequest request, Caller caller, CancellationToken ct) =>
        store.Write<PreferenceResponse>(async db =>
        {
            if (await db.RankOf(request.GroupId, caller.ProfileId, ct) is null)
                return MembershipProblems.GroupNotFound;
            var mine = await db.Preferences.ForUpdate()
                .SingleOrDefaultAsync(p => p.GroupId == request.GroupId && p.ProfileId == caller.ProfileId, ct);
            if (mine is null)
                db.Add(mine = new Preference { GroupId = request.GroupId, ProfileId = caller.ProfileId });
            (mine.Level, mine.MutedUntil) = (request.Level, request.MutedUntil);
            return mine.ToResponse();
        }, ct);
}
