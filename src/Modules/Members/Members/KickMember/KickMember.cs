using Beat.Messaging.Shared.Hosting.Time;
using Microsoft.AspNetCore.Mvc;

namespace Beat.Messaging.Members.KickMember;

/// <summary>Whom to remove.</summary>
internal sealed record KickMemberRequest
{
    /// <summary>Profile id of a member of lower rank.</summary>
    public required Guid MemberId { get; init; }
}

/// <param name="Id">Profile id of the one who was removed.</param>
/// <param name="Status">Always <c>kicked</c>.</param>
internal sealed record KickMemberResponse(Guid Id, string Status);

internal sealed class KickMemberEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app)
    {
        Describe(app.MapDelete("/groups/{id}/kick",
            (Guid id, Body<KickMemberRequest> body, KickMember kick, Caller caller, CancellationToken ct) =>
                Handle(id, body.Value.MemberId, kick, caller, ct))).WithName("KickMemberByBody");
        Describe(app.MapDelete("/groups/{id}/members/{profile_id}",
            (Guid id, [FromRoute(Name = "profile_id")] Guid profileId, KickMember kick, Caller caller, CancellationToken ct) =>
                Handle(id, profileId, kick, caller, ct))).WithName("KickMember");
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route) => route
        .RequireScope(MemberCapabilities.Kick.Scope)
        .WithTags("Members")
        .WithSummary("Remove a member")
        .WithDescription(
            "For moderators and above, on lower ranks. They receive nothing more at once, and may come back after 24 hours or when invited.")
        .Refuses(
            MembershipProblems.GroupNotFound, Problems.Forbidden, MembershipProblems.MemberRank, MemberProblems.NotFound,
            MemberProblems.LastMember, MemberProblems.ChangeSelf);

    private static async Task<Results<Ok<KickMemberResponse>, ProblemHttpResult>> Handle(
        Guid groupId, Guid memberId, KickMember kick, Caller caller, CancellationToken ct) =>
        (await kick.Run(groupId, caller, memberId, ct)).ToOk();
}

internal sealed class KickMember(ModuleStore<MembersContext> store, TimeProvider time)
{
    public Task<Result<KickMemberResponse>> Run(Guid groupId, Caller caller, Guid memberId, CancellationToken ct) =>
        store.Write<KickMemberResponse>(async db =>
        {
            var entered = await db.RequireMember(groupId, caller, MemberCapabilities.Kick, ct);
            if (entered.IsProblem)
                return entered.Problem!;
            var (roster, me) = entered.Value;
            if (memberId == caller.ProfileId)
            {
                return await db.Members.AnyAsync(
                    m => m.GroupId == groupId && m.State == MemberState.Present && m.ProfileId != memberId, ct)
                    ? MemberProblems.ChangeSelf
                    : MemberProblems.LastMember;
            }
            if (await db.FindMember(groupId, memberId, ct) is not { } target)
                return MemberProblems.NotFound;
            if (roster.RankOf(target) >= roster.RankOf(me))
                return MembershipProblems.MemberRank;
            roster.Kick(db, target, caller.ProfileId, time.Now());
            return new KickMemberResponse(memberId, "kicked");
        }, ct);
}
