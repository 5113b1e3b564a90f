namespace Beat.Messaging.Groups.DeleteGroup;

internal sealed class DeleteGroupEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapDelete("/groups/{id}", Handle)
        .RequireScope(GroupCapabilities.Delete.Scope)
        .WithName(nameof(DeleteGroup)).WithTags("Groups")
        .WithSummary("Delete a group")
        .WithDescription(
            "For its owner. Members are evicted at once; the history is kept and readable by nobody; the name is free again.")
        .Refuses(MembershipProblems.GroupNotFound, Problems.Forbidden);

    private static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, DeleteGroup delete, Caller caller, CancellationToken ct) =>
        (await delete.Run(id, caller, ct)).ToNoContent();
}

internal sealed class DeleteGroup(ModuleStore<GroupsContext> store, TimeProvider time)
{
    public Task<Problem?> Run(Guid id, Caller caller, CancellationToken ct) =>
        store.Write(async db =>
        {
            var group = await db.Groups.ForUpdate().SingleOrDefaultAsync(g => g.Id == id && g.DeletedAt == null, ct);
            if (group is null)
                return MembershipProblems.GroupNotFound;
            if (await db.CheckAccess(group, caller.ProfileId, GroupCapabilities.Delete, ct) is { } refused)
                return refused;
            Delete(db, group, caller.ProfileId, time.Now());
            return null;
        }, ct);

    public static void Delete(GroupsContext db, Group group, Guid actorId, DateTimeOffset now)
    {
        group.DeletedAt = now;
        group.Changed(now);
        db.Raise(new GroupDeleted(group.Id, actorId), group.Id, group.Revision);
    }
}
