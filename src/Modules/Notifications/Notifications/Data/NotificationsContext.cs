using Beat.Messaging.Notifications.Digests;
using Beat.Messaging.Notifications.Preferences;

namespace Beat.Messaging.Notifications.Data;

internal class NotificationsContext(DbContextOptions options) : ModuleContext(options, "notifications")
{
    public DbSet<Notification> Notifications => Set<Notification>();

    public DbSet<Preference> Preferences => Set<Preference>();

    public DbSet<Digest> Digests => Set<Digest>();

    public DbSet<MessageVersion> MessageVersions => Set<MessageVersion>();

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
            entity.HasIndex(n => n.ActorId);
            entity.Property(n => n.Updates);
            entity.Property(n => n.IsWithdrawn);
            entity.HasIndex(n => n.SourceId);
            entity.HasIndex(n => new { n.GroupId, n.IsRead });
            // At most one grows per group and person.
            entity.HasIndex(n => new { n.RecipientId, n.ReferenceId }).IsUnique().HasFilter("type = 'message' AND NOT is_read");
        });
        modelBuilder.Entity<MessageVersion>(entity =>
        {
            entity.ToTable("message_versions");
            entity.HasKey(v => v.MessageId);
            entity.Property(v => v.MessageId).ValueGeneratedNever();
        });
        modelBuilder.Entity<Preference>(entity =>
        {
            entity.ToTable("preferences");
            entity.HasKey(p => new { p.GroupId, p.ProfileId });
            entity.HasIndex(p => new { p.GroupId, p.Level });
            entity.HasIndex(p => p.ProfileId);
        });
        modelBuilder.Entity<Digest>(entity =>
        {
            entity.ToTable("folds");
            entity.HasKey(f => new { f.GroupId, f.ProfileId });
            entity.HasIndex(f => f.ProfileId);
            entity.HasIndex(f => f.DueAt).HasFilter("due_at IS NOT NULL");
        });
    }
}

internal sealed class SqliteNotificationsContext(DbContextOptions<SqliteNotificationsContext> options)
    : NotificationsContext(options), ISqliteContext;
