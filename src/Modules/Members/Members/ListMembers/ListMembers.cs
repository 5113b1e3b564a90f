namespace Beat.Messaging.Members.ListMembers;

internal sealed class ListMembersEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/groups/{id}/members", Handle)
        .RequireScope(MemberCapabilities.View.Scope)
        .WithName("ListMembers").WithTags("Members")
        .WithSummary("List a group's members")
        .WithDescription("For members, longest first. `role` narrows it.")
        .Refuses(MembershipProblems.GroupNotFound, Problems.Forbidden);

    private static async Task<Results<Ok<Page<MemberResponse>>, ProblemHttpResult>> Handle(
        Guid id, string? role, [AsParameters] PageRequest page, ListMembers list, Caller caller, CancellationToken ct) =>
        (await list.Run(id, caller, role, page, ct)).ToOk();
}

internal sealed class ListMembers(ModuleStore<MembersContext> store, MemberReader reader, Cursors cursors)
{
    public Task<Result<Page<MemberResponse>>> Run(
        Guid groupId, Caller caller, string? role, PageRequest page, CancellationToken ct) =>
        store.Read<Result<Page<MemberResponse>>>(async db =>
        {
            if (await db.RequireMember(groupId, caller, MemberCapabilities.View, ct) is { IsProblem: true } refused)
                return refused.Problem!;
            var members = db.Members.AsNoTracking().Where(m => m.GroupId == groupId && m.State == MemberState.Present);
            if (role is not null)
            {
                if (!RoleName.TryParse(role, out var wanted))
                    return Problems.Validation("role", "must be one of member, moderator, admin");
                members = members.Where(m => m.Role == wanted);
            }
            var found = await members.ToPage(
                page, cursors.Of("members", groupId, role), m => m.JoinedAt, m => m.ProfileId, descending: false, ct);
            if (found.IsProblem)
                return found.Problem!;
            var responses = await reader.Describe(db, groupId, found.Value.Data, ct);
            return new Page<MemberResponse>(responses, found.Value.Pagination);
        });
}
