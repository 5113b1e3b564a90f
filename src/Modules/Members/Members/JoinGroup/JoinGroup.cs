using Beat.Messaging.Members.Replica;
using Beat.Messaging.Shared.Events;
using Beat.Messaging.Shared.Hosting.Time;

namespace Beat.Messaging.Members.JoinGroup;

internal sealed class JoinGroupEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/groups/{id}/join", Handle)
        .RequireScope(GroupScopes.View)
        .WithName("JoinGroup").WithTags("Members")
        .WithSummary("Join a public group")
        .WithDescription(
            "201 when it made the caller a member, 200 when they were one. Someone who was kicked waits 24 hours or for an invite.")
        .Refuses(MembershipProblems.GroupNotFound, MembershipProblems.UserNotFound, MemberProblems.Kicked, Problems.LimitReached);

    private static async Task<Results<Created<MemberResponse>, Ok<MemberResponse>, ProblemHttpResult>> Handle(
        Guid id, JoinGroup join, Caller caller, CancellationToken ct)
    {
        var joined = await join.Run(id, caller, ct);
        return joined.Map(j => j.Member).ToCreatedOrOk(
            isNew: joined is { IsProblem: false, Value.IsNew: true }, member => $"members/{member.ProfileId}");
    }
}

internal sealed class JoinGroup(
    ModuleStore<MembersContext> store, MemberReader reader, InlineDeliveries deliveries, MembershipLimits limits,
    TimeProvider time)
{
    /// <summary>The answer is of the moment of the join: whoever is removed right after it was a member all the same.</summary>
    public async Task<Result<(MemberResponse Member, bool IsNew)>> Run(Guid groupId, Caller caller, CancellationToken ct)
    {
        var joined = await store.Write<(MemberResponse Member, bool IsNew)>(async db =>
        {
            var isKnown = await db.IsKnown(caller.ProfileId, ct);
            var roster = await db.Rosters.ForUpdate().SingleOrDefaultAsync(r => r.GroupId == groupId && !r.IsDeleted, ct);
            if (roster is null)
                return MembershipProblems.GroupNotFound;
            var before = await db.Members.SingleOrDefaultAsync(m => m.GroupId == groupId && m.ProfileId == caller.ProfileId, ct);
            if (before?.State == MemberState.Present)
                return (await reader.Describe(db, before, ct), false);
            // Its last member is just leaving, and the group with them.
            var isEmpty = !await db.Members.AnyAsync(m => m.GroupId == groupId && m.State == MemberState.Present, ct);
            if (!roster.IsPublic || isEmpty)
                return MembershipProblems.GroupNotFound;
            if (!isKnown)
                return MembershipProblems.UserNotFound;
            if (before?.KickedAt > time.Now() - Roster.RejoinBan)
                return MemberProblems.Kicked;
            if (await db.CheckMemberLimits(groupId, caller.ProfileId, limits, ct) is { } full)
                return full;
            return (await reader.Describe(db, roster.Add(db, before, caller.ProfileId, Role.Member, time.Now()), ct), true);
        }, ct);
        if (joined is { IsProblem: false, Value.IsNew: false })
            await deliveries.WaitUntilDelivered(groupId, ct);
        return joined;
    }
}
