namespace Beat.Messaging.Members.Replica;

/// <summary>What a module remembers of a group.</summary>
public sealed class GroupReplica
{
    public required Guid GroupId { get; init; }

    public string Name { get; set; } = "";

    public bool IsPublic { get; set; }

    /// <summary>The group's revision of which this is the copy; 0 while only memberships were heard of.</summary>
    public long Revision { get; set; }

    public Guid OwnerId { get; set; }

    /// <summary>The memberships' version that named the owner; 0 for the creator.</summary>
    public long OwnerVersion { get; set; }

    /// <summary>For good: no later event revives a deleted group.</summary>
    public bool IsDeleted { get; set; }
}

/// <summary>What a module remembers of someone's place in a group.</summary>
public sealed class MemberReplica
{
    public required Guid GroupId { get; init; }

    public required Guid ProfileId { get; init; }

    /// <summary>Null for someone who went: the row stays, so that a late event does not bring them back.</summary>
    public Role? Role { get; set; }

    /// <summary>The version of the group's memberships that said so.</summary>
    public long Version { get; set; }

    /// <summary>When the present membership began.</summary>
    public DateTimeOffset JoinedAt { get; set; }
}
