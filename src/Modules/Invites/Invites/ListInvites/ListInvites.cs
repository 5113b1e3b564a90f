namespace Beat.Messaging.Invites.ListInvites;

internal sealed class ListInvitesEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapGet("/groups/{id}/invites", OfGroup)
            .RequireScope(InviteScopes.Create)
            .WithName("ListGroupInvites").WithTags("Invites")
            .WithSummary("List a group's invites")
            .WithDescription("One's own; moderators and above see all. Newest first.")
            .Refuses(MembershipProblems.GroupNotFound, Problems.Forbidden);
        app.MapGet("/invites", Mine)
            .RequireScope(InviteScopes.Accept)
            .WithName("ListMyInvites").WithTags("Invites")
            .WithSummary("List the invites sent to me")
            .WithDescription("With their token. Pending ones unless `status` says otherwise; newest first.");
    }

    private static async Task<Results<Ok<Page<InviteResponse>>, ProblemHttpResult>> OfGroup(
        Guid id, string? status, [AsParameters] PageRequest page, ListInvites list, Caller caller, CancellationToken ct) =>
        (await list.OfGroup(id, caller, status, page, ct)).ToOk();

    private static async Task<Results<Ok<Page<InviteResponse>>, ProblemHttpResult>> Mine(
        string? status, [AsParameters] PageRequest page, ListInvites list, Caller caller, CancellationToken ct) =>
        (await list.Mine(caller, status ?? "pending", page, ct)).ToOk();
}

internal sealed class ListInvites(ModuleStore<InvitesContext> store, InviteReader reader, Cursors cursors, TimeProvider time)
{
    public Task<Result<Page<InviteResponse>>> OfGroup(
        Guid groupId, Caller caller, string? status, PageRequest page, CancellationToken ct) =>
        store.Read<Result<Page<InviteResponse>>>(async db =>
        {
            if (await db.CheckAccess(groupId, caller.ProfileId, InviteCapabilities.Create, ct) is { } refused)
                return refused;
            var seesAll = (await db.RankOf(groupId, caller.ProfileId, ct)).Has(InviteCapabilities.Manage);
            return await List(
                db, db.Invites.Where(i => i.GroupId == groupId && (seesAll || i.InviterId == caller.ProfileId)), caller, status,
                page, cursors.Of("group invites", groupId, caller.ProfileId, status), ct);
        });

    public Task<Result<Page<InviteResponse>>> Mine(Caller caller, string status, PageRequest page, CancellationToken ct) =>
        store.Read(
            db => List(db, db.Invites.Where(i => i.InviteeId == caller.ProfileId), caller, status, page,
                cursors.Of("my invites", caller.ProfileId, status), ct));

    private async Task<Result<Page<InviteResponse>>> List(
        InvitesContext db, IQueryable<Invite> invites, Caller caller, string? status, PageRequest page, ListCursors place,
        CancellationToken ct)
    {
        if (status is not null)
        {
            var now = time.Now();
            var filtered = status switch
            {
                "pending" => invites.Where(i => i.Status == InviteStatus.Pending && i.ExpiresAt > now),
                "accepted" => invites.Where(i => i.Status == InviteStatus.Accepted),
                "declined" => invites.Where(i => i.Status == InviteStatus.Declined),
                "expired" => invites.Where(
                    i => i.Status == InviteStatus.Expired || (i.Status == InviteStatus.Pending && i.ExpiresAt <= now)),
                "revoked" => invites.Where(i => i.Status == InviteStatus.Revoked),
                _ => null,
            };
            if (filtered is null)
                return Problems.Validation("status", "must be one of pending, accepted, declined, expired, revoked");
            invites = filtered;
        }
        var found = await invites.AsNoTracking().Select(InviteReader.View(db, caller.ProfileId))
            .ToPage(page, place, view => view.Invite.InsertedAt, view => view.Invite.Id, descending: true, ct);
        return found.Map(views => views.Map(view => reader.Describe(view, caller.ProfileId)));
    }
}
