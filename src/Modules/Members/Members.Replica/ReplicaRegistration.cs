using Beat.Messaging.Groups.Contracts;
using Beat.Messaging.Shared.Events.Modules;

namespace Beat.Messaging.Members.Replica;

/// <summary>
/// How a module gets a copy of people, groups and memberships: a line in its table of contents, and its tables.
/// </summary>
public static class ReplicaRegistration
{
    /// <summary>Memberships, for the module that has the groups itself.</summary>
    public static ModuleBuilder KeepsMembers<TContext, THandler>(this ModuleBuilder module)
        where TContext : ModuleContext
        where THandler : MemberReplicaKeeper<TContext> => module
        .Subscribes<MemberJoined, THandler>()
        .Subscribes<MemberLeft, THandler>()
        .Subscribes<MemberKicked, THandler>()
        .Subscribes<RoleChanged, THandler>()
        .Subscribes<OwnershipTransferred, THandler>()
        .Replica<TContext, MemberReplica, THandler>();

    /// <summary>Groups and memberships.</summary>
    public static ModuleBuilder KeepsMemberships<TContext, THandler>(this ModuleBuilder module)
        where TContext : ModuleContext
        where THandler : MembershipReplicaKeeper<TContext> => module
        .Subscribes<GroupCreated, THandler>()
        .Subscribes<GroupUpdated, THandler>()
        .Subscribes<GroupDeleted, THandler>()
        .KeepsMembers<TContext, THandler>();

    /// <summary>People.</summary>
    public static ModuleBuilder KeepsUsers<TContext, THandler>(this ModuleBuilder module)
        where TContext : ModuleContext
        where THandler : UserReplicaKeeper<TContext> => module
        .Subscribes<UserRecorded, THandler>()
        .Subscribes<UserDeleted, THandler>()
        .Replica<TContext, UserReplica, THandler>();

    /// <summary>The table of <see cref="KeepsUsers"/>; call it from <c>OnModelCreating</c>.</summary>
    public static ModelBuilder HasUserReplica(this ModelBuilder model) => model.Entity<UserReplica>(entity =>
    {
        entity.ToTable("replica_users");
        entity.HasKey(u => u.ProfileId);
        entity.Property(u => u.ProfileId).ValueGeneratedNever();
    });

    /// <summary>The table of <see cref="KeepsMembers"/>.</summary>
    public static ModelBuilder HasMemberReplica(this ModelBuilder model) => model.Entity<MemberReplica>(entity =>
    {
        entity.ToTable("replica_members");
        entity.HasKey(m => new { m.GroupId, m.ProfileId });
        entity.HasIndex(m => m.ProfileId);
    });

    /// <summary>The tables of <see cref="KeepsMemberships"/>.</summary>
    public static ModelBuilder HasMembershipReplica(this ModelBuilder model) =>
        model.HasMemberReplica().Entity<GroupReplica>(entity =>
    {
        entity.ToTable("replica_groups");
        entity.HasKey(g => g.GroupId);
        entity.Property(g => g.GroupId).ValueGeneratedNever();
    });
}
