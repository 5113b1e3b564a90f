namespace Beat.Messaging.Widgets.Data;

internal class WidgetsContext(DbContextOptions options) : ModuleContext(options, "widgets")
{
    public DbSet<Widget> Widgets => Set<Widget>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.HasMembershipReplica();
        modelBuilder.Entity<Widget>(entity =>
        {
            entity.ToTable("widgets");
            entity.Property(one => one.Id).ValueGeneratedNever();
            entity.Property(one => one.Title).HasMaxLength(Widget.MaxTitle);
            entity.HasIndex(one => new { one.GroupId, one.InsertedAt });
            entity.HasIndex(one => one.CreatorId);
        });
    }
}

internal sealed class SqliteWidgetsContext(DbContextOptions<SqliteWidgetsContext> options) : WidgetsContext(options), ISqliteContext;
