using Beat.Messaging.Members.Contracts.Replica;
using Beat.Messaging.Shared.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Groups.Data;

internal class GroupsContext(DbContextOptions options) : ModuleContext(options, "groups")
{
    public DbSet<Group> Groups => Set<Group>();

    public DbSet<MemberReplica> Members => Set<MemberReplica>();

    public DbSet<UserReplica> Users => Set<UserReplica>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.HasMemberReplica().HasUserReplica();
        modelBuilder.Entity<Group>(entity =>
        {
            entity.ToTable("groups");
            entity.Property(g => g.Id).ValueGeneratedNever();
            entity.HasIndex(g => new { g.CreatorId, g.Name }).IsUnique().HasFilter("deleted_at IS NULL");
            entity.HasIndex(g => new { g.CreatorId, g.IdempotencyKey }).IsUnique().HasFilter("idempotency_key IS NOT NULL");
            entity.HasIndex(g => new { g.IsPublic, g.LastActivityAt, g.Id });
        });
    }
}

internal sealed class SqliteGroupsContext(DbContextOptions<SqliteGroupsContext> options) : GroupsContext(options), ISqliteContext;
