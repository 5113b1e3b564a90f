using Microsoft.AspNetCore.Mvc;

namespace Beat.Messaging.Members.ChangeRole;

/// <summary>Whose role becomes what.</summary>
internal sealed record ChangeRoleByBodyRequest
{
    /// <summary>Profile id of a member of lower rank.</summary>
    public required Guid MemberId { get; init; }

    /// <summary>The role's name.</summary>
    public required Role Name { get; init; }
}

/// <summary>What the role becomes.</summary>
internal sealed record ChangeRoleRequest
{
    public required Role Role { get; init; }
}

/// <param name="Id">Profile id of the member.</param>
internal sealed record ChangeRoleResponse(Guid Id, Role Role);

internal sealed class ChangeRoleEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app)
    {
        Describe(app.MapPatch("/groups/{id}/role",
            (Guid id, Body<ChangeRoleByBodyRequest> body, ChangeRole change, Caller caller, CancellationToken ct) =>
                Handle(id, body.Value.MemberId, body.Value.Name, change, caller, ct))).WithName("ChangeRoleByBody");
        Describe(app.MapPatch("/groups/{id}/members/{profile_id}",
            (Guid id, [FromRoute(Name = "profile_id")] Guid profileId, Body<ChangeRoleRequest> body, ChangeRole change,
                Caller caller,
                CancellationToken ct) => Handle(id, profileId, body.Value.Role, change, caller, ct))).WithName("ChangeRole");
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route) => route
        .RequireScope(MemberCapabilities.ChangeRole.Scope)
        .WithTags("Members")
        .WithSummary("Change a member's role")
        .WithDescription("For admins, on lower ranks; only the owner grants or takes admin.")
        .Refuses(
            MembershipProblems.GroupNotFound, Problems.Forbidden, MembershipProblems.MemberRank, MemberProblems.NotFound,
            MembershipProblems.UserNotFound, MemberProblems.ChangeSelf);

    private static async Task<Results<Ok<ChangeRoleResponse>, ProblemHttpResult>> Handle(
        Guid groupId, Guid memberId, Role role, ChangeRole change, Caller caller, CancellationToken ct) =>
        (await change.Run(groupId, caller, memberId, role, ct)).ToOk();
}

internal sealed class ChangeRole(ModuleStore<MembersContext> store)
{
    public Task<Result<ChangeRoleResponse>> Run(Guid groupId, Caller caller, Guid memberId, Role role, CancellationToken ct) =>
        store.Write<ChangeRoleResponse>(async db =>
        {
            var isKnown = await db.IsKnown(memberId, ct);
            var entered = await db.RequireMember(groupId, caller, MemberCapabilities.ChangeRole, ct);
            if (entered.IsProblem)
                return entered.Problem!;
            var (roster, me) = entered.Value;
            if (memberId == caller.ProfileId)
                return MemberProblems.ChangeSelf;
            if (await db.FindMember(groupId, memberId, ct) is not { } target)
                return MemberProblems.NotFound;
            if (!isKnown)
                return MembershipProblems.UserNotFound;
            // Strictly lower both before and after: so an admin neither takes admin from one nor grants it.
            if (roster.RankOf(target) >= roster.RankOf(me) || role.RankOf(isOwner: false) >= roster.RankOf(me))
                return MembershipProblems.MemberRank;
            if (target.Role != role)
                roster.ChangeRole(db, target, role, caller.ProfileId);
            return new ChangeRoleResponse(memberId, role);
        }, ct);
}
