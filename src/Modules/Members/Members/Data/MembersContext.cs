namespace Beat.Messaging.Members.Data;

internal class MembersContext(DbContextOptions options) : ModuleContext(options, "members")
{
    public DbSet<User> Users => Set<User>();

    public DbSet<Roster> Rosters => Set<Roster>();

    public DbSet<Member> Members => Set<Member>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<User>(entity =>
        {
            entity.ToTable("users");
            entity.HasKey(u => u.ProfileId);
            entity.Property(u => u.ProfileId).ValueGeneratedNever();
            entity.Ignore(u => u.IsKnown);
            entity.HasIndex(u => new { u.SearchName, u.ProfileId });
            entity.HasIndex(u => u.DeletedAt);
        });
        modelBuilder.Entity<Roster>(entity =>
        {
            entity.ToTable("rosters");
            entity.HasKey(r => r.GroupId);
            entity.Property(r => r.GroupId).ValueGeneratedNever();
        });
        modelBuilder.Entity<Member>(entity =>
        {
            entity.ToTable("members");
            entity.HasKey(m => new { m.GroupId, m.ProfileId });
            entity.HasIndex(m => new { m.ProfileId, m.State });
            entity.HasIndex(m => new { m.GroupId, m.JoinedAt, m.ProfileId });
        });
    }
}

internal sealed class SqliteMembersContext(DbContextOptions<SqliteMembersContext> options)
    : MembersContext(options), ISqliteContext;
