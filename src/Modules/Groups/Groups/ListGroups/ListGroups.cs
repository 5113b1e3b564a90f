using Beat.Messaging.Shared.Hosting.Text;

namespace Beat.Messaging.Groups.ListGroups;

internal sealed class ListGroupsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapGet("/groups", Mine)
            .RequireScope(GroupScopes.View)
            .WithName("ListMyGroups").WithTags("Groups")
            .WithSummary("List my groups")
            .WithDescription(
                "The groups that I am in, most recently active first; `search` is any part of the name, whatever its case and accents.");
        app.MapGet("/groups/public", Public)
            .RequireScope(GroupScopes.View)
            .WithName("ListPublicGroups").WithTags("Groups")
            .WithSummary("Find public groups")
            .WithDescription(
                "Public groups that I am not in, most recently active first; `search` is the beginning of the name or of words in it, whatever its case and accents.");
    }

    private static async Task<Results<Ok<Page<GroupResponse>>, ProblemHttpResult>> Mine(
        string? search, [AsParameters] PageRequest page, ListGroups list, Caller caller, CancellationToken ct) =>
        (await list.Run(caller, search, page, mine: true, ct)).ToOk();

    private static async Task<Results<Ok<Page<GroupResponse>>, ProblemHttpResult>> Public(
        string? search, [AsParameters] PageRequest page, ListGroups list, Caller caller, CancellationToken ct) =>
        (await list.Run(caller, search, page, mine: false, ct)).ToOk();
}

internal sealed class ListGroups(ModuleStore<GroupsContext> store, GroupReader reader, Cursors cursors)
{
    public Task<Result<Page<GroupResponse>>> Run(
        Caller caller, string? search, PageRequest page, bool mine, CancellationToken ct) =>
        store.Read(async db =>
        {
            var groups = db.Groups.Where(g => g.DeletedAt == null);
            groups = mine
                ? groups.Where(g => db.Members.Any(m => m.ProfileId == caller.ProfileId && m.GroupId == g.Id && m.Role != null))
                : groups.Where(
                    g => g.IsPublic
                        && !db.Members.Any(m => m.ProfileId == caller.ProfileId && m.GroupId == g.Id && m.Role != null));
            if (search is not null && SearchText.Normalize(search) is { Length: > 0 } wanted)
            {
                var asWord = $" {wanted}";
                // Words of a script without spaces begin anywhere.
                groups = mine || SearchText.HasNoSpaces(wanted)
                    ? groups.Where(g => g.SearchName.Contains(wanted))
                    : groups.Where(g => g.SearchName.StartsWith(wanted) || g.SearchName.Contains(asWord));
            }
            var found = await groups.Select(GroupReader.View(db, caller.ProfileId))
                .ToPage(page, cursors.Of("groups", caller.ProfileId, mine, search), view => view.Group.LastActivityAt,
                    view => view.Group.Id, descending: true, ct);
            return found.Map(views => views.Map(view => reader.Describe(view, caller)));
        });
}
