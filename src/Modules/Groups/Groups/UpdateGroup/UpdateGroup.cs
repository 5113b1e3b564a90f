using Beat.Messaging.Groups.GetGroup;
using Microsoft.AspNetCore.Mvc;

namespace Beat.Messaging.Groups.UpdateGroup;

/// <summary>Any of the fields; what is not sent stays.</summary>
internal sealed record UpdateGroupRequest : IPartialBody
{
    /// <example>Summer dresses of Lisbon</example>
    [Name(Group.NameLimit)]
    public string Name { get; init; } = "";

    [Description(Group.DescriptionLimit)]
    public string Description { get; init; } = "";

    public bool IsPublic { get; init; }

    /// <summary>Null clears it.</summary>
    [HttpsUrl(Group.AvatarUrlLimit)]
    public string? AvatarUrl { get; init; }

    [System.Text.Json.Serialization.JsonIgnore]
    public IReadOnlySet<string> Sent { get; set; } = new HashSet<string>();
}

internal sealed class UpdateGroupEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app)
    {
        Describe(app.MapPatch("/groups/{id}", Handle)).WithName(nameof(UpdateGroup));
        Describe(app.MapPut("/groups/{id}", Handle)).WithName("UpdateGroupByPut");
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route) => route
        .RequireScope(GroupCapabilities.Update.Scope)
        .WithTags("Groups")
        .WithSummary("Change a group")
        .WithDescription("For admins. With `If-Match` only while the revision is still that one.")
        .Refuses(
            MembershipProblems.GroupNotFound, Problems.Forbidden, GroupProblems.NothingToChange, GroupProblems.AlreadyExists,
            Problems.StaleRevision);

    private static async Task<Results<Ok<GroupResponse>, ProblemHttpResult>> Handle(
        Guid id, Body<UpdateGroupRequest> body, UpdateGroup update, Caller caller, HttpResponse response, CancellationToken ct,
        [FromHeader(Name = "If-Match")] string? ifMatch = null)
    {
        var group = await update.Run(id, caller, body.Value, ifMatch, ct);
        if (!group.IsProblem)
            response.SetETag(group.Value);
        return group.ToOk();
    }
}

internal sealed class UpdateGroup(ModuleStore<GroupsContext> store, GroupReader reader, TimeProvider time)
{
    public Task<Result<GroupResponse>> Run(
        Guid id, Caller caller, UpdateGroupRequest request, string? ifMatch, CancellationToken ct) =>
        store.Write<GroupResponse>(async db =>
        {
            var group = await db.Groups.ForUpdate().SingleOrDefaultAsync(g => g.Id == id && g.DeletedAt == null, ct);
            if (group is null)
                return MembershipProblems.GroupNotFound;
            if (await db.CheckAccess(group, caller.ProfileId, GroupCapabilities.Update, ct) is { } refused)
                return refused;
            if (ifMatch is not null && ifMatch != "*"
                && !ifMatch.Split(',').Select(tag => tag.Trim()).Contains(GroupETag.Of(group.Revision)))
                return Problems.StaleRevision;
            if (request.Sent.Count == 0)
                return GroupProblems.NothingToChange;
            if (!Apply(request, group))
                return await Answer(db, id, caller, ct);
            if (await db.Groups.AnyAsync(
                    g => g.Id != id && g.CreatorId == group.CreatorId && g.DeletedAt == null
                        && (g.Name == group.Name || g.NameKey == group.NameKey), ct))
                return GroupProblems.AlreadyExists;

            group.Changed(time.Now());
            db.Raise(group.ToUpdated(caller.ProfileId), group.Id, group.Revision);
            await db.SaveChangesAsync(ct);
            return await Answer(db, id, caller, ct);
        }, ct, onConflict: GroupProblems.AlreadyExists);

    /// <summary>As it is in the transaction: what happens to it after that does not change what was done.</summary>
    private async Task<GroupResponse> Answer(GroupsContext db, Guid id, Caller caller, CancellationToken ct) =>
        reader.Describe(
            await db.Groups.Where(g => g.Id == id).Select(GroupReader.View(db, caller.ProfileId)).SingleAsync(ct), caller);

    /// <returns>Whether anything is another than it was.</returns>
    private static bool Apply(UpdateGroupRequest request, Group group)
    {
        var before = (group.Name, group.Description, group.IsPublic, group.AvatarUrl);
        if (request.Sent.Contains("name"))
            group.Rename(request.Name);
        if (request.Sent.Contains("description"))
            group.Description = request.Description;
        if (request.Sent.Contains("is_public"))
            group.IsPublic = request.IsPublic;
        if (request.Sent.Contains("avatar_url"))
            group.AvatarUrl = request.AvatarUrl;
        return before != (group.Name, group.Description, group.IsPublic, group.AvatarUrl);
    }
}
