using System.Linq.Expressions;

namespace Beat.Messaging.Groups;

/// <summary>Reads groups as a caller may see them.</summary>
internal sealed class GroupReader(ModuleStore<GroupsContext> store, IEnumerable<Capability> capabilities)
{
    public Task<GroupResponse?> Read(Guid groupId, Caller caller, CancellationToken ct) => store.Read(async db =>
    {
        var view = await db.Groups.Where(g => g.Id == groupId && g.DeletedAt == null).Select(View(db, caller.ProfileId))
            .SingleOrDefaultAsync(ct);
        return view is { MyRole: not null } or { Group.IsPublic: true } ? Describe(view, caller) : null;
    });

    public GroupResponse Describe(GroupView view, Caller caller) => view.ToResponse(capabilities.NamesFor(view.Rank, caller));

    /// <summary>A group with what depends on the caller, in one query.</summary>
    public static Expression<Func<Group, GroupView>> View(GroupsContext db, Guid callerId) => group => new GroupView
    {
        Group = group,
        MyRole = db.Members.Where(m => m.GroupId == group.Id && m.ProfileId == callerId).Select(m => m.Role).SingleOrDefault(),
        MemberCount = db.Members.Count(m => m.GroupId == group.Id && m.Role != null),
        Members = db.Members.Where(m => m.GroupId == group.Id && m.Role != null)
            .OrderBy(m => m.JoinedAt).ThenBy(m => m.ProfileId).Select(m => m.ProfileId).Take(GroupResponse.MembersShown).ToList(),
        IsOwner = group.OwnerId == callerId,
    };
}

/// <summary>A group, and the caller's place in it.</summary>
internal sealed class GroupView
{
    public required Group Group { get; init; }

    public required Role? MyRole { get; init; }

    public required int MemberCount { get; init; }

    public required List<Guid> Members { get; init; }

    public required bool IsOwner { get; init; }

    /// <summary>Null for one who is not a member.</summary>
    public Rank? Rank => MyRole?.RankOf(IsOwner);

    public GroupResponse ToResponse(IReadOnlyList<string> can) => new(
        Group.Id, Group.Name, Group.Description, Group.IsPublic, Group.OwnerId, Group.AvatarUrl, Group.SustainabilityPoints,
        Group.Xp, MemberCount, Rank is null ? null : Members, Rank?.ToString().ToLowerInvariant(), can, Group.InsertedAt,
        Group.UpdatedAt, Group.Revision);
}
