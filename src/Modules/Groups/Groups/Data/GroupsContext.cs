using Beat.Messaging.Groups.Points;
using Beat.Messaging.Members.Replica;

namespace Beat.Messaging.Groups.Data;

internal class GroupsContext(DbContextOptions options) : ModuleContext(options, "groups")
{
    public DbSet<Group> Groups => Set<Group>();

    public DbSet<MemberReplica> Members => Set<MemberReplica>();

    public DbSet<UserReplica> Users => Set<UserReplica>();

    public DbSet<InviteReplica> Invites => Set<InviteReplica>();

    public DbSet<PointEntry> Points => Set<PointEntry>();

    public DbSet<ReversedSubject> ReversedSubjects => Set<ReversedSubject>();

    public DbSet<PointStanding> Standings => Set<PointStanding>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.HasMemberReplica().HasUserReplica();
        modelBuilder.Entity<Group>(entity =>
        {
            entity.ToTable("groups");
            entity.Property(g => g.Id).ValueGeneratedNever();
            entity.HasIndex(g => new { g.CreatorId, g.NameKey }).IsUnique().HasFilter("deleted_at IS NULL");
            entity.HasIndex(g => new { g.CreatorId, g.IdempotencyKey }).IsUnique().HasFilter("idempotency_key IS NOT NULL");
            entity.HasIndex(g => new { g.IsPublic, g.LastActivityAt, g.Id });
        });
        modelBuilder.Entity<InviteReplica>(entity =>
        {
            entity.ToTable("replica_invites");
            entity.HasKey(i => i.InviteId);
            entity.Property(i => i.InviteId).ValueGeneratedNever();
        });
        modelBuilder.Entity<PointEntry>(entity =>
        {
            entity.ToTable("points");
            entity.Property(e => e.Id).ValueGeneratedNever();
            entity.HasIndex(e => new { e.SubjectId, e.Rule, e.ProfileId, e.Kind }).IsUnique();
            entity.HasIndex(e => new { e.GroupId, e.InsertedAt, e.Id });
            entity.HasIndex(e => new { e.GroupId, e.ProfileId, e.Day, e.Rule, e.Kind });
        });
        modelBuilder.Entity<ReversedSubject>(entity =>
        {
            entity.ToTable("points_reversed");
            entity.HasKey(r => new { r.SubjectId, r.Rule });
        });
        modelBuilder.Entity<PointStanding>(entity =>
        {
            entity.ToTable("points_standings");
            entity.HasKey(s => new { s.GroupId, s.ProfileId });
        });
    }
}

internal sealed class SqliteGroupsContext(DbContextOptions<SqliteGroupsContext> options) : GroupsContext(options), ISqliteContext;
