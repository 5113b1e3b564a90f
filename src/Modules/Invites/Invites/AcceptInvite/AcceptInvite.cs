using Beat.Messaging.Invites.Data;
using Beat.Messaging.Members.Contracts;
using Beat.Messaging.Members.Contracts.Replica;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Infrastructure.Auth;
using Beat.Messaging.Shared.Infrastructure.Events;
using Beat.Messaging.Shared.Infrastructure.Persistence;
using Beat.Messaging.Shared.Infrastructure.Settings;
using Beat.Messaging.Shared.Infrastructure.Time;
using Beat.Messaging.Shared.Infrastructure.Web;
using Carter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Invites.AcceptInvite;

/// <summary>The invite, by its token.</summary>
internal sealed record InviteTokenRequest
{
    public required string Token { get; init; }
}

internal sealed class AcceptInviteEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app)
    {
        Describe(app.MapPost("/invites/accept",
            async Task<Results<Ok<InviteResponse>, ProblemHttpResult>> (
                Body<InviteTokenRequest> body, MyInvites mine, AcceptInvite accept, Caller caller, CancellationToken ct) =>
                (await mine.ByToken(body.Value.Token, caller, accept.Run, ct)).ToOk())).WithName("AcceptInviteByToken");
        Describe(app.MapPost("/invites/{id}/accept",
            async Task<Results<Ok<InviteResponse>, ProblemHttpResult>> (Guid id, AcceptInvite accept, Caller caller, CancellationToken ct) =>
                (await accept.Run(id, caller, ct)).ToOk())).WithName("AcceptInvite");
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route) => route
        .RequireScope(Scopes.InviteAccept)
        .WithTags("Invites")
        .WithSummary("Accept an invite")
        .WithDescription("For its invitee, who is a member when this answers. An inviter who may no longer grant the role gives `member`. "
            + "Again is 200 again while they are one.")
        .Refuses(Problems.InviteNotFound, Problems.InviteNotPending, Problems.InviteExpired, Problems.LimitReached(""), Problems.RateLimited(60));
}

internal sealed class AcceptInvite(
    ModuleStore<InvitesContext> store, InviteReader reader, Deliveries deliveries, MessagingSettings settings, TimeProvider time)
{
    public async Task<Result<InviteResponse>> Run(Guid id, Caller caller, CancellationToken ct)
    {
        var accepted = await store.Write<(Guid GroupId, bool IsRepeat)>(async db =>
        {
            var found = await db.FindPending(id, caller, InviteStatus.Accepted, time.Now(), ct);
            if (found.IsProblem)
                return found.Problem!;
            var invite = found.Value;
            if (invite.Status == InviteStatus.Accepted)
                return (invite.GroupId, true);
            if (await RefuseMore(db, invite, ct) is { } full)
                return full;
            var granted = Grants.Allows(await db.RankOf(invite.GroupId, invite.InviterId, ct), invite.Role) ? invite.Role : Role.Member;
            invite.Accept(db, caller.AuthId, granted);
            return (invite.GroupId, false);
        }, ct);
        if (accepted.IsProblem)
            return accepted.Problem!;
        var (groupId, isRepeat) = accepted.Value;
        if (isRepeat)
            await deliveries.Settled(groupId, ct);
        return await store.Read<Result<InviteResponse>>(async db => isRepeat && await db.RankOf(groupId, caller.ProfileId, ct) is null
            ? Problems.InviteNotPending // Whoever went since does not come back by it.
            : await reader.Read(db, id, caller.ProfileId, ct));
    }

    private async Task<Problem?> RefuseMore(InvitesContext db, Invite invite, CancellationToken ct)
    {
        var limits = settings.Limits;
        if (await db.MembersOf(invite.GroupId).CountAsync(ct) >= limits.MembersPerGroup)
            return Problems.LimitReached($"A group has at most {limits.MembersPerGroup} members.");
        if (await db.Members.CountAsync(m => m.ProfileId == invite.InviteeId && m.Role != null, ct) >= limits.GroupsPerPerson)
            return Problems.LimitReached($"A person may be in at most {limits.GroupsPerPerson} groups.");
        return null;
    }
}
