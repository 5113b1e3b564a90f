using System.Security.Cryptography;
using System.Text.Json;
using Beat.Messaging.Groups.Contracts;
using Beat.Messaging.Groups.Data;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Infrastructure.Auth;
using Beat.Messaging.Shared.Infrastructure.Json;
using Beat.Messaging.Shared.Infrastructure.Persistence;
using Beat.Messaging.Shared.Infrastructure.Settings;
using Beat.Messaging.Shared.Infrastructure.Text;
using Beat.Messaging.Shared.Infrastructure.Time;
using Beat.Messaging.Shared.Infrastructure.Web;
using Carter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

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
        .RequireScope(Scopes.GroupCreate)
        .WithName(nameof(CreateGroup)).WithTags("Groups")
        .WithSummary("Make a group")
        .WithDescription("The caller becomes its owner. Two names that differ only in case or white space are the same name. Under an `Idempotency-Key` a repeat answers with the same group and `Idempotency-Replayed: true`.")
        .Refuses(Problems.GroupAlreadyExists, Problems.UserNotFound, Problems.IdempotencyConflict, Problems.LimitReached(""));

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

internal sealed class CreateGroup(ModuleStore<GroupsContext> store, GroupReader reader, MessagingSettings settings, TimeProvider time)
{
    public async Task<Result<(GroupResponse Group, bool Replayed)>> Run(
        Caller caller, CreateGroupRequest request, string? key, CancellationToken ct)
    {
        if (key is not null && !ClientIdAttribute.IsValidId(key))
            return Problems.Validation("Idempotency-Key", "must be 1 to 128 printable ASCII characters");
        var hash = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request, WireJson.Options)));

        var nameKey = Folding.Key(request.Name);
        var replayed = false;
        var stored = await store.Write<Guid>(async db =>
        {
            if (key is not null
                && await db.Groups.SingleOrDefaultAsync(g => g.CreatorId == caller.ProfileId && g.IdempotencyKey == key, ct) is { } before)
            {
                replayed = true;
                return before.RequestHash == hash ? before.Id : Problems.IdempotencyConflict;
            }
            if (!await db.Users.AnyAsync(u => u.ProfileId == caller.ProfileId && u.IsKnown, ct))
                return Problems.UserNotFound;
            if (await db.Groups.AnyAsync(g => g.CreatorId == caller.ProfileId && g.DeletedAt == null && (g.Name == request.Name || g.NameKey == nameKey), ct))
                return Problems.GroupAlreadyExists;
            if (await db.Members.CountAsync(m => m.ProfileId == caller.ProfileId && m.Role != null, ct) >= settings.Limits.GroupsPerPerson)
                return Problems.LimitReached($"A person may be in at most {settings.Limits.GroupsPerPerson} groups.");

            var now = time.Now();
            var group = new Group
            {
                Id = Guid.CreateVersion7(now),
                CreatorId = caller.ProfileId,
                OwnerId = caller.ProfileId,
                Description = request.Description,
                IsPublic = request.IsPublic,
                AvatarUrl = request.AvatarUrl,
                InsertedAt = now,
                UpdatedAt = now,
                LastActivityAt = now,
                IdempotencyKey = key,
                RequestHash = key is null ? null : hash,
            };
            group.Rename(request.Name);
            db.Add(group);
            db.Raise(new GroupCreated(group.Id, group.CreatorId, caller.AuthId, group.Name, group.IsPublic), group.Id, group.Revision);
            return group.Id;
        }, ct, onConflict: Problems.GroupAlreadyExists);

        if (stored.IsProblem)
            return stored.Problem!;
        return await reader.Read(stored.Value, caller, ct) is { } response
            ? (response, replayed)
            : Problems.GroupNotFound;
    }
}
