namespace Beat.Messaging.Members.Subscriptions;

/// <summary>
/// Opens the roster of a new group with its creator, keeps the copy of the group, and closes the roster with it.
/// </summary>
internal sealed class OnGroupChanged(ModuleStore<MembersContext> store) :
    IEventHandler<GroupCreated>, IEventHandler<GroupUpdated>, IEventHandler<GroupDeleted>
{
    public Task Handle(Envelope<GroupCreated> envelope, CancellationToken ct) => store.Write(async db =>
    {
        var created = envelope.Payload;
        var creator = await db.Users.ForUpdate().SingleOrDefaultAsync(u => u.ProfileId == created.CreatorId, ct);
        if (await db.Rosters.AnyAsync(r => r.GroupId == created.GroupId, ct))
            return;
        var roster = new Roster
        {
            GroupId = created.GroupId,
            OwnerId = created.CreatorId,
            IsPublic = created.IsPublic,
            Name = created.Name,
            Description = created.Description,
            AvatarUrl = created.AvatarUrl,
            InsertedAt = created.InsertedAt ?? envelope.OccurredAt,
            UpdatedAt = created.InsertedAt ?? envelope.OccurredAt,
            GroupRevision = envelope.AggregateVersion,
        };
        db.Add(roster);
        var owner = roster.Add(db, before: null, created.CreatorId, Role.Admin, envelope.OccurredAt);
        // Deleted meanwhile: the group ends with its only member.
        if (creator is { IsDeleted: true })
            roster.Remove(db, owner);
    }, ct);

    public Task Handle(Envelope<GroupUpdated> envelope, CancellationToken ct) => Change(envelope.Payload.GroupId, roster =>
    {
        // Of the same revision as the copy it says the same, or more than an earlier version of this service has copied.
        if (envelope.AggregateVersion < roster.GroupRevision)
            return;
        var updated = envelope.Payload;
        (roster.GroupRevision, roster.IsPublic, roster.Name) = (envelope.AggregateVersion, updated.IsPublic, updated.Name);
        (roster.Description, roster.AvatarUrl) = (updated.Description, updated.AvatarUrl);
        if (updated.InsertedAt is null)
            return;
        (roster.InsertedAt, roster.UpdatedAt) = (updated.InsertedAt, updated.UpdatedAt);
        (roster.SustainabilityPoints, roster.Xp) = (updated.SustainabilityPoints, updated.Xp);
    }, ct);

    public Task Handle(Envelope<GroupDeleted> envelope, CancellationToken ct) =>
        Change(envelope.Payload.GroupId, roster => roster.IsDeleted = true, ct);

    private Task Change(Guid groupId, Action<Roster> change, CancellationToken ct) => store.Write(async db =>
    {
        // Made by group_created, which is delivered first or again: without it there is nothing to follow yet.
        var roster = await db.Rosters.ForUpdate().SingleOrDefaultAsync(r => r.GroupId == groupId, ct)
            ?? throw new InvalidOperationException($"The roster of group {groupId} has not been opened yet.");
        change(roster);
    }, ct);
}
