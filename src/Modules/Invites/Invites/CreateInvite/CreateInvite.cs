using Beat.Messaging.Shared.Events;

namespace Beat.Messaging.Invites.CreateInvite;

/// <summary>Whom to invite, as what, for how long.</summary>
internal sealed record CreateInviteRequest
{
    /// <summary>Profile id of a known user who is not a member.</summary>
    public required Guid InviteeId { get; init; }

    /// <summary>By name, or 0 member, 1 moderator, 2 admin; not above one's own rank, and admin by the owner only.</summary>
    public InviteRole Role { get; init; }

    /// <summary>Seconds, one hour to 30 days; a week unless told.</summary>
    [Between(Invite.MinExpiresIn, Invite.MaxExpiresIn)]
    public int? ExpiresIn { get; init; }
}

/// <summary>A role, by name or by number.</summary>
[AlsoByNumber]
internal enum InviteRole
{
    Member = Role.Member,
    Moderator = Role.Moderator,
    Admin = Role.Admin,
}

internal sealed class CreateInviteEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/groups/{id}/invites", Handle)
        .RequireScope(InviteCapabilities.Create.Scope)
        .WithName("CreateInvite").WithTags("Invites")
        .WithSummary("Invite somebody")
        .WithDescription("For members. A pending invite to the same person is returned with 200.")
        .Refuses(
            MembershipProblems.GroupNotFound, Problems.Forbidden, MembershipProblems.MemberRank, InviteProblems.Self,
            MembershipProblems.UserNotFound, InviteProblems.AlreadyMember);

    private static async Task<Results<Created<InviteResponse>, Ok<InviteResponse>, ProblemHttpResult>> Handle(
        Guid id, Body<CreateInviteRequest> body, CreateInvite create, Caller caller, CancellationToken ct)
    {
        var invited = await create.Run(id, caller, body.Value, ct);
        return invited.Map(i => i.Invite).ToCreatedOrOk(
            isNew: invited is { IsProblem: false, Value.IsNew: true }, invite => $"../../invites/{invite.Id}");
    }
}

internal sealed class CreateInvite(
    ModuleStore<InvitesContext> store, InviteReader reader, InlineDeliveries deliveries, InviteSettings settings,
    TimeProvider time)
{
    public async Task<Result<(InviteResponse Invite, bool IsNew)>> Run(
        Guid groupId, Caller caller, CreateInviteRequest request, CancellationToken ct)
    {
        var invited = await store.Write<(InviteResponse Invite, bool IsNew)>(async db =>
        {
            // Locked until this commits: a removal or a deletion at the same time is seen here, or sees this invite.
            var group = await db.Groups.ForUpdate().SingleOrDefaultAsync(g => g.GroupId == groupId, ct);
            Guid[] both = [caller.ProfileId, request.InviteeId];
            var places = await db.Members.ForUpdate().Where(m => m.GroupId == groupId && both.Contains(m.ProfileId))
                .OrderBy(m => m.ProfileId).ToDictionaryAsync(m => m.ProfileId, ct);
            var invitee = await db.Users.ForUpdate().SingleOrDefaultAsync(u => u.ProfileId == request.InviteeId, ct);
            if (await db.CheckAccess(groupId, caller.ProfileId, InviteCapabilities.Create, ct) is { } refused)
                return refused;
            if (await db.RankOf(groupId, caller.ProfileId, ct) is not { } rank || !rank.MayGrant((Role)request.Role))
                return MembershipProblems.MemberRank;
            if (request.InviteeId == caller.ProfileId)
                return InviteProblems.Self;
            if (invitee is not { IsKnown: true })
                return MembershipProblems.UserNotFound;
            if (await db.RankOf(groupId, request.InviteeId, ct) is not null)
                return InviteProblems.AlreadyMember;

            var now = time.Now();
            var pending = await db.Invites.SingleOrDefaultAsync(
                i => i.GroupId == groupId && i.InviteeId == request.InviteeId && i.Status == InviteStatus.Pending, ct);
            if (pending?.StatusAt(now) == InviteStatus.Pending)
                return ((await reader.Read(db, pending.Id, caller.ProfileId, ct)).Value, false);
            if (pending is not null)
            {
                // The timer has not been here yet; its place is needed.
                pending.Expire(db);
                await db.SaveChangesAsync(ct);
            }
            var expiresAt = now + (request.ExpiresIn is { } seconds ? TimeSpan.FromSeconds(seconds) : settings.ExpiresIn);
            var remindAt = expiresAt - settings.RemindBefore;
            var invite = new Invite
            {
                Id = Guid.CreateVersion7(now),
                GroupId = groupId,
                InviterId = caller.ProfileId,
                InviteeId = request.InviteeId,
                Role = (Role)request.Role,
                GroupName = group!.Name,
                InviterVersion = places[caller.ProfileId].Version,
                InviteeVersion = places.GetValueOrDefault(request.InviteeId)?.Version ?? 0,
                ExpiresAt = expiresAt,
                InsertedAt = now,
                NotifiedAt = now,
                // One that does not last that long needs no reminder.
                RemindAt = remindAt > now && remindAt < expiresAt ? remindAt : null,
            };
            db.Add(invite);
            db.Raise(
                new InviteCreated(invite.Id, groupId, invite.InviterId, invite.InviteeId, (int)invite.Role, (int)invite.Status),
                invite.Id, invite.Revision);
            await db.SaveChangesAsync(ct);
            return ((await reader.Read(db, invite.Id, caller.ProfileId, ct)).Value, true);
        }, ct);
        if (invited is { IsProblem: false, Value.IsNew: false })
            await deliveries.WaitUntilDelivered(groupId, ct);
        return invited;
    }
}
