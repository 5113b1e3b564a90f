using Beat.Messaging.Members.Contracts.Replica;
using Beat.Messaging.Shared.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Notifications.Data;

internal class NotificationsContext(DbContextOptions options) : ModuleContext(options, "notifications")
{
    public DbSet<Notification> Notifications => Set<Notification>();

    public DbSet<InviteReplica> Invites => Set<InviteReplica>();

    public DbSet<GroupReplica> Groups => Set<GroupReplica>();

    public DbSet<UserReplica> Users => Set<UserReplica>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.HasMembershipReplica().HasUserReplica();
        modelBuilder.Entity<InviteReplica>(entity =>
        {
            entity.ToTable("replica_invites");
            entity.HasKey(i => i.InviteId);
            entity.Property(i => i.InviteId).ValueGeneratedNever();
        });
        modelBuilder.Entity<Notification>(entity =>
        {
            entity.ToTable("notifications");
            entity.Property(n => n.Id).ValueGeneratedNever();
            entity.HasIndex(n => new { n.RecipientId, n.SourceId }).IsUnique();
            entity.HasIndex(n => new { n.RecipientId, n.InsertedAt, n.Id });
            entity.HasIndex(n => new { n.RecipientId, n.IsRead });
        });
    }
}

internal sealed class SqliteNotificationsContext(DbContextOptions<SqliteNotificationsContext> options)
    : NotificationsContext(options), ISqliteContext;
