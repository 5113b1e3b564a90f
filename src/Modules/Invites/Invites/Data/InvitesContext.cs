namespace Beat.Messaging.Invites.Data;

internal class InvitesContext(DbContextOptions options) : ModuleContext(options, "invites")
{
    public DbSet<Invite> Invites => Set<Invite>();

    public DbSet<GroupReplica> Groups => Set<GroupReplica>();

    public DbSet<MemberReplica> Members => Set<MemberReplica>();

    public DbSet<UserReplica> Users => Set<UserReplica>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.HasMembershipReplica().HasUserReplica();
        modelBuilder.Entity<Invite>(entity =>
        {
            entity.ToTable("invites");
            entity.Property(i => i.Id).ValueGeneratedNever();
            entity.Property(i => i.Status);
            entity.Property(i => i.Revision);
            entity.HasIndex(i => new { i.GroupId, i.InviteeId }).IsUnique().HasFilter("status = 0");
            entity.HasIndex(i => new { i.InviteeId, i.Status });
            entity.HasIndex(i => new { i.GroupId, i.InviterId });
            entity.Property(i => i.EnteringAuthId);
            entity.Property(i => i.IsOpenToMember);
            entity.HasIndex(i => new { i.Status, i.ExpiresAt });
            entity.HasIndex(i => new { i.Status, i.RemindAt });
        });
    }
}

internal sealed class SqliteInvitesContext(DbContextOptions<SqliteInvitesContext> options)
    : InvitesContext(options), ISqliteContext;
