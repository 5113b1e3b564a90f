namespace Beat.Messaging.Groups.GetLeaderboard;

/// <summary>A member's place.</summary>
/// <param name="Rank">From 1; those with the same points and XP share one, and the next is as many further.</param>
internal sealed record LeaderResponse(int Rank, Guid ProfileId, int Points, int Xp);

internal sealed class GetLeaderboardEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/groups/{id}/leaderboard", Handle)
        .RequireScope(GroupCapabilities.ViewPoints.Scope)
        .WithName(nameof(GetLeaderboard)).WithTags("Groups")
        .WithSummary("Show who has the most points")
        .WithDescription("For members. All members by points, then by XP; what former members earned counts for the group only.")
        .Refuses(MembershipProblems.GroupNotFound, Problems.Forbidden);

    private static async Task<Results<Ok<Page<LeaderResponse>>, ProblemHttpResult>> Handle(
        Guid id, [AsParameters] PageRequest page, GetLeaderboard get, Caller caller, CancellationToken ct) =>
        (await get.Run(id, caller, page, ct)).ToOk();
}

internal sealed class GetLeaderboard(ModuleStore<GroupsContext> store, Cursors cursors)
{
    public Task<Result<Page<LeaderResponse>>> Run(Guid groupId, Caller caller, PageRequest page, CancellationToken ct) =>
        store.Read<Result<Page<LeaderResponse>>>(async db =>
        {
            if (await db.CheckAccess(groupId, caller.ProfileId, GroupCapabilities.ViewPoints, ct) is { } refused)
                return refused;
            var leaders = db.Members.Where(m => m.GroupId == groupId && m.Role != null).LeftJoin(
                db.Standings.Where(s => s.GroupId == groupId),
                m => m.ProfileId,
                s => s.ProfileId,
                (m, s) => new Leader
                {
                    ProfileId = m.ProfileId,
                    Points = s == null ? 0 : s.Points,
                    Xp = s == null ? 0 : s.Xp,
                    Score = s == null ? 0 : (s.Points * Leader.Point) + s.Xp,
                });
            var found = await leaders.ToPage(
                page, cursors.Of("leaderboard", groupId), leader => leader.Score, leader => leader.ProfileId, descending: true,
                ct);
            return found.IsProblem ? found.Problem! : await Ranked(leaders, found.Value, ct);
        });

    private static async Task<Page<LeaderResponse>> Ranked(IQueryable<Leader> leaders, Page<Leader> page, CancellationToken ct)
    {
        var ranked = new List<LeaderResponse>(page.Data.Count);
        if (page.Data is [var first, ..])
        {
            // Others may share the first one's rank on the page before.
            var rank = 1 + await leaders.CountAsync(leader => leader.Score > first.Score, ct);
            var place = rank + await leaders.CountAsync(
                leader => leader.Score == first.Score && leader.ProfileId.CompareTo(first.ProfileId) > 0, ct);
            for (var i = 0; i < page.Data.Count; i++)
            {
                var leader = page.Data[i];
                if (i > 0 && leader.Score != page.Data[i - 1].Score)
                    rank = place + i;
                ranked.Add(new LeaderResponse(rank, leader.ProfileId, leader.Points, leader.Xp));
            }
        }
        return new Page<LeaderResponse>(ranked, page.Pagination);
    }

    private sealed class Leader
    {
        /// <summary>One point is above any XP; neither sum is ever negative.</summary>
        public const long Point = 1L << 32;

        public required Guid ProfileId { get; init; }

        public required int Points { get; init; }

        public required int Xp { get; init; }

        public required long Score { get; init; }
    }
}
