using Beat.Messaging.Groups.Contracts;

namespace Beat.Messaging.Members.Replica;

/// <summary>
/// Keeps a module's copy of memberships, in the module's own tables. Versions are compared row by row, so that events may come
/// twice, late and in any order. Derive from it in <c>Subscriptions/</c>; see <see cref="ReplicaRegistration"/>.
/// </summary>
public abstract class MemberReplicaKeeper<TContext>(ModuleStore<TContext> store) :
    IEventHandler<MemberJoined>, IEventHandler<MemberLeft>, IEventHandler<MemberKicked>, IEventHandler<RoleChanged>,
    IEventHandler<OwnershipTransferred>
    where TContext : ModuleContext
{
    public virtual Task Handle(Envelope<MemberJoined> envelope, CancellationToken ct)
    {
        var (groupId, memberId, role) = envelope.Payload;
        return OnMember(groupId, memberId, envelope.AggregateVersion, member =>
        {
            member.Role = role;
            member.JoinedAt = envelope.OccurredAt;
        }, ct);
    }

    public virtual Task Handle(Envelope<MemberLeft> envelope, CancellationToken ct) =>
        OnMember(envelope.Payload.GroupId, envelope.Payload.MemberId, envelope.AggregateVersion, Gone, ct);

    public virtual Task Handle(Envelope<MemberKicked> envelope, CancellationToken ct) =>
        OnMember(envelope.Payload.GroupId, envelope.Payload.MemberId, envelope.AggregateVersion, Gone, ct);

    public Task Handle(Envelope<RoleChanged> envelope, CancellationToken ct)
    {
        var (groupId, _, memberId, role) = envelope.Payload;
        return OnMember(groupId, memberId, envelope.AggregateVersion, member => member.Role = role, ct);
    }

    public virtual Task Handle(Envelope<OwnershipTransferred> envelope, CancellationToken ct) =>
        OnMember(
            envelope.Payload.GroupId, envelope.Payload.ToId, envelope.AggregateVersion, member => member.Role = Role.Admin, ct);

    /// <summary>After the copy of a group or of one of its memberships changed; for what is cached in memory.</summary>
    protected virtual void Changed(Guid groupId)
    {
    }

    private static void Gone(MemberReplica member) => member.Role = null;

    private async Task OnMember(Guid groupId, Guid profileId, long version, Action<MemberReplica> change, CancellationToken ct)
    {
        await store.Write(async db =>
        {
            var member = await db.Set<MemberReplica>().ForUpdate()
                .SingleOrDefaultAsync(m => m.GroupId == groupId && m.ProfileId == profileId, ct);
            if (member is null)
                db.Add(member = new MemberReplica { GroupId = groupId, ProfileId = profileId });
            if (version <= member.Version)
                return;
            member.Version = version;
            change(member);
        }, ct);
        Changed(groupId);
    }
}

/// <summary>
/// Keeps a copy of groups beside that of their memberships. A module follows the end of a group by overriding the handler of
/// <see cref="GroupDeleted"/>: the copy is marked first, so that nothing new begins (whoever begins something locks the copy of
/// the group), and what is there is ended in the same handler, so that a failure has the event come again for all of it.
/// </summary>
public abstract class MembershipReplicaKeeper<TContext>(ModuleStore<TContext> store) : MemberReplicaKeeper<TContext>(store),
    IEventHandler<GroupCreated>, IEventHandler<GroupUpdated>, IEventHandler<GroupDeleted>
    where TContext : ModuleContext
{
    private readonly ModuleStore<TContext> store = store;

    public Task Handle(Envelope<GroupCreated> envelope, CancellationToken ct) => OnGroup(envelope.Payload.GroupId, group =>
    {
        if (group.OwnerVersion == 0)
            group.OwnerId = envelope.Payload.CreatorId;
        Copy(group, envelope.AggregateVersion, envelope.Payload.Name, envelope.Payload.IsPublic);
    }, ct);

    public Task Handle(Envelope<GroupUpdated> envelope, CancellationToken ct) => OnGroup(envelope.Payload.GroupId, group =>
        Copy(group, envelope.AggregateVersion, envelope.Payload.Name, envelope.Payload.IsPublic), ct);

    public virtual Task Handle(Envelope<GroupDeleted> envelope, CancellationToken ct) =>
        OnGroup(envelope.Payload.GroupId, group => group.IsDeleted = true, ct);

    public override async Task Handle(Envelope<OwnershipTransferred> envelope, CancellationToken ct)
    {
        await base.Handle(envelope, ct);
        await OnGroup(envelope.Payload.GroupId, group =>
        {
            if (envelope.AggregateVersion > group.OwnerVersion)
                (group.OwnerId, group.OwnerVersion) = (envelope.Payload.ToId, envelope.AggregateVersion);
        }, ct);
    }

    private static void Copy(GroupReplica group, long revision, string name, bool isPublic)
    {
        if (revision > group.Revision)
            (group.Revision, group.Name, group.IsPublic) = (revision, name, isPublic);
    }

    private async Task OnGroup(Guid groupId, Action<GroupReplica> change, CancellationToken ct)
    {
        await store.Write(async db =>
        {
            var group = await db.Set<GroupReplica>().ForUpdate().SingleOrDefaultAsync(g => g.GroupId == groupId, ct);
            if (group is null)
                db.Add(group = new GroupReplica { GroupId = groupId });
            change(group);
        }, ct);
        Changed(groupId);
    }
}
