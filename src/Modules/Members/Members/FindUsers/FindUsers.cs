using Beat.Messaging.Invites.Contracts;
using Beat.Messaging.Shared.Hosting.Text;

namespace Beat.Messaging.Members.FindUsers;

/// <param name="DisplayName">Null for someone without a name, or whose profile was deleted.</param>
internal sealed record UserResponse(Guid ProfileId, string? DisplayName);

internal sealed class FindUsersEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/users", Handle)
        .RequireScope(InviteScopes.Create)
        .WithName("FindUsers").WithTags("Members")
        .WithSummary("Find people")
        .WithDescription(
            "By the beginning of their name (`search`, whatever its case and accents), or up to 100 by profile id (`ids`, comma-separated), former members too.");

    private static async Task<Results<Ok<Page<UserResponse>>, ProblemHttpResult>> Handle(
        string? search, string? ids, [AsParameters] PageRequest page, FindUsers find, CancellationToken ct) =>
        (ids is null ? await find.ByName(search, page, ct) : await find.ById(ids, search, ct)).ToOk();
}

internal sealed class FindUsers(ModuleStore<MembersContext> store, Cursors cursors)
{
    private const int MaxIds = 100;

    public Task<Result<Page<UserResponse>>> ByName(string? search, PageRequest page, CancellationToken ct) =>
        store.Read(async db =>
    {
        var users = db.Users.AsNoTracking().Where(u => u.IsCreated && !u.IsDeleted);
        if (search is not null && SearchText.Normalize(search) is { Length: > 0 } wanted)
            users = users.Where(u => u.SearchName.StartsWith(wanted));
        var found = await users.ToPage(
            page, cursors.Of("users", search), u => u.SearchName, u => u.ProfileId, descending: false, ct);
        return found.Map(users => users.Map(u => new UserResponse(u.ProfileId, u.DisplayName)));
    });

    public async Task<Result<Page<UserResponse>>> ById(string ids, string? search, CancellationToken ct)
    {
        if (search is not null)
            return Problems.Validation("search", "must not be sent together with ids");
        var wanted = new List<Guid>();
        foreach (var text in ids.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!Guid.TryParse(text, out var id))
                return Problems.Validation("ids", "must be UUIDs, separated by commas");
            wanted.Add(id);
        }
        if (wanted.Count is 0 or > MaxIds)
            return Problems.Validation("ids", $"must be 1 to {MaxIds} UUIDs, separated by commas");
        return await store.Read<Result<Page<UserResponse>>>(async db => new Page<UserResponse>(
            await db.Users.Where(u => wanted.Contains(u.ProfileId))
                .OrderBy(u => u.SearchName).ThenBy(u => u.ProfileId)
                .Select(u => new UserResponse(u.ProfileId, u.DisplayName))
                .ToListAsync(ct),
            new Pagination(false, null, null)));
    }
}
