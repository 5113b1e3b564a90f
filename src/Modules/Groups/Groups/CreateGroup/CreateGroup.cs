using System.Security.Cryptography;
using System.Text.Json;
using Beat.Messaging.Groups.Points;
using Beat.Messaging.Members.Replica;
using Beat.Messaging.Shared.Events;
using Beat.Messaging.Shared.Hosting.Json;
using Beat.Messaging.Shared.Hosting.Text;
using Microsoft.AspNetCore.Mvc;

namespace Beat.Messaging.Groups.CreateGroup;

/// <summary>A new group.</summary>
internal sealed record CreateGroupRequest
{
    /// <example>Winter coats of Lisbon</example>
    [Name(Group.NameLimit)]
    public required string Name { get; init; }

    /// <example>We lend each other what we wear three weeks a year.</example>
    [Description(Group.DescriptionLimit)]
    public required string Description { get; init; }

    /// <summary>Anybody may find and join a public group.</summary>
    public bool IsPublic { get; init; }

    /// <example>https://example.com/coat.png</example>
    [HttpsUrl(Group.AvatarUrlLimit)]
    public string? AvatarUrl { get; init; }
}

internal sealed class CreateGroupEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/groups", Handle)
        .RequireScope(GroupScopes.Create)
        .WithName(nameof(CreateGroup)).WithTags("Groups")
        .WithSummary("Make a group")
        .WithDescription(
            "The caller becomes its owner. Two names that differ only in case or white space are the same name. Under an `Idempotency-Key` a repeat "
            + "answers what the first did, whatever became of the group since, with `Idempotency-Replayed: true`.")
        .Refuses(
            GroupProblems.AlreadyExists, MembershipProblems.UserNotFound, Problems.IdempotencyConflict, Problems.LimitReached);

    private static async Task<Results<Created<GroupResponse>, ProblemHttpResult>> Handle(
        Body<CreateGroupRequest> body, CreateGroup create, Caller caller, HttpResponse response, CancellationToken ct,
        [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey = null)
    {
        var made = await create.Run(caller, body.Value, idempotencyKey, ct);
        if (made is { IsProblem: false, Value.Replayed: true })
            response.Headers["Idempotency-Replayed"] = "true";
        return made.Map(m => m.Group).ToCreated(group => $"groups/{group.Id}");
    }
}

internal sealed class CreateGroup(
    ModuleStore<GroupsContext> store, GroupReader reader, InlineDeliveries deliveries, PointSettings points,
    MembershipLimits limits, TimeProvider time)
{
    public async Task<Result<(GroupResponse Group, bool Replayed)>> Run(
        Caller caller, CreateGroupRequest request, string? key, CancellationToken ct)
    {
        if (key is not null && !ClientIdAttribute.IsValidId(key))
            return Problems.Validation("Idempotency-Key", ClientIdAttribute.Rule);
        var hash = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request, WireJson.Options)));
        var made = await store.Write<(GroupResponse Group, bool Replayed)>(async db =>
        {
            var refused = await CheckRules(db, caller, request, ct);
            // After the rules: what an equal request has made meanwhile breaks them, and then it is found here.
            if (key is not null && await db.Groups.AsNoTracking()
                .SingleOrDefaultAsync(g => g.CreatorId == caller.ProfileId && g.IdempotencyKey == key, ct) is { } before)
            {
                return before.RequestHash == hash
                    ? (await Answer(db, NewGroup(caller, request, before.Id, before.InsertedAt), caller, ct), true)
                    : Problems.IdempotencyConflict;
            }
            if (refused is not null)
                return refused;
            var now = time.Now();
            var group = NewGroup(caller, request, Guid.CreateVersion7(now), now);
            (group.IdempotencyKey, group.RequestHash) = (key, key is null ? null : hash);
            db.Add(group);
            // What is certain already need not wait for Members: the event that it tells is newer.
            db.Add(new MemberReplica { GroupId = group.Id, ProfileId = caller.ProfileId, Role = Role.Admin, JoinedAt = now });
            db.Raise(group.ToCreated(caller.AuthId), group.Id, group.Revision);
            await PointLedger.Record(
                db, new() { [group.Id] = group },
                [new PointAward(group.Id, PointRule.GroupCreated, group.Id, caller.ProfileId, points.GroupCreated, now)], now,
                ct);
            await db.SaveChangesAsync(ct);
            return (await Answer(db, group, caller, ct), false);
        }, ct, onConflict: GroupProblems.AlreadyExists);
        if (made is { IsProblem: false, Value.Replayed: true })
            await deliveries.WaitUntilDelivered(made.Value.Group.Id, ct);
        return made;
    }

    private async Task<Problem?> CheckRules(GroupsContext db, Caller caller, CreateGroupRequest request, CancellationToken ct)
    {
        if (!await db.Users.AnyAsync(u => u.ProfileId == caller.ProfileId && u.IsKnown, ct))
            return MembershipProblems.UserNotFound;
        var nameKey = SearchText.UniqueKey(request.Name);
        if (await db.Groups.AnyAsync(
            g => g.CreatorId == caller.ProfileId && g.DeletedAt == null && (g.Name == request.Name || g.NameKey == nameKey), ct))
            return GroupProblems.AlreadyExists;
        return await db.Members.CountAsync(m => m.ProfileId == caller.ProfileId && m.Role != null, ct) >= limits.GroupsPerPerson
            ? limits.PersonIsFull
            : null;
    }

    private static Group NewGroup(Caller caller, CreateGroupRequest request, Guid id, DateTimeOffset now)
    {
        var group = new Group
        {
            Id = id,
            CreatorId = caller.ProfileId,
            OwnerId = caller.ProfileId,
            Description = request.Description,
            IsPublic = request.IsPublic,
            AvatarUrl = request.AvatarUrl,
            InsertedAt = now,
            UpdatedAt = now,
            LastActivityAt = now,
        };
        group.Rename(request.Name);
        return group;
    }

    /// <summary>The group as it is when it is made, so that every repeat of the request has the same answer.</summary>
    private async Task<GroupResponse> Answer(GroupsContext db, Group made, Caller caller, CancellationToken ct)
    {
        var earned = await db.Points.AsNoTracking()
            .Where(e => e.SubjectId == made.Id && e.Rule == PointRule.GroupCreated && e.Kind == PointKind.Award).ToListAsync(ct);
        (made.SustainabilityPoints, made.Xp) = (earned.Sum(e => e.Points), earned.Sum(e => e.Xp));
        return reader.Describe(
            new GroupView { Group = made, MyRole = Role.Admin, MemberCount = 1, Members = [caller.ProfileId], IsOwner = true },
            caller);
    }
}
