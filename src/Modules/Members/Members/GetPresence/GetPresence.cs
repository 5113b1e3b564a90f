using Beat.Messaging.Shared.Realtime;

namespace Beat.Messaging.Members.GetPresence;

/// <param name="State"><c>ok</c>, or <c>unknown</c> while it cannot be told.</param>
/// <param name="Online">Profile ids of the members who are online.</param>
internal sealed record PresenceResponse(string State, IReadOnlyList<Guid> Online);

internal sealed class GetPresenceEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/groups/{id}/presence", Handle)
        .RequireScope(MemberCapabilities.ViewPresence.Scope)
        .WithName("GetPresence").WithTags("Members")
        .WithSummary("See who is online")
        .WithDescription("For members. A person with several connections is online once.")
        .Refuses(MembershipProblems.GroupNotFound, Problems.Forbidden);

    private static async Task<Results<Ok<PresenceResponse>, ProblemHttpResult>> Handle(
        Guid id, GetPresence presence, Caller caller, CancellationToken ct) => (await presence.Run(id, caller, ct)).ToOk();
}

internal sealed class GetPresence(ModuleStore<MembersContext> store, Presence presence)
{
    public Task<Result<PresenceResponse>> Run(Guid groupId, Caller caller, CancellationToken ct) =>
        store.Read<Result<PresenceResponse>>(async db =>
        {
            if (await db.RequireMember(groupId, caller, MemberCapabilities.ViewPresence, ct) is { IsProblem: true } refused)
                return refused.Problem!;
            if (!presence.IsKnown)
                return new PresenceResponse("unknown", []);
            var members = await db.Members.Where(m => m.GroupId == groupId && m.State == MemberState.Present)
                .Select(m => m.ProfileId).ToListAsync(ct);
            return new PresenceResponse("ok", presence.Online(members));
        });
}
