using Beat.Messaging.Members.Replica;
using Beat.Messaging.Messages.Loans;

namespace Beat.Messaging.Messages.Data;

/// <summary>
/// What Messages keeps beside the messages themselves: its copy of groups and memberships, what people have read, and the loans.
/// </summary>
internal class MessagesContext(DbContextOptions options) : ModuleContext(options, "messages")
{
    public DbSet<KnownHead> Heads => Set<KnownHead>();

    public DbSet<ReadMark> ReadMarks => Set<ReadMark>();

    public DbSet<Mention> Mentions => Set<Mention>();

    public DbSet<Loan> Loans => Set<Loan>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.HasMembershipReplica();
        modelBuilder.Entity<KnownHead>(entity =>
        {
            entity.ToTable("group_heads");
            entity.HasKey(h => h.GroupId);
            entity.Property(h => h.GroupId).ValueGeneratedNever();
        });
        modelBuilder.Entity<ReadMark>(entity =>
        {
            entity.ToTable("read_marks");
            entity.HasKey(r => new { r.ProfileId, r.GroupId });
        });
        modelBuilder.Entity<Mention>(entity =>
        {
            entity.ToTable("mentions");
            entity.HasKey(m => new { m.MessageId, m.ProfileId });
            entity.HasIndex(m => new { m.ProfileId, m.GroupId, m.Seq });
        });
        modelBuilder.Entity<Loan>(entity =>
        {
            entity.ToTable("loans");
            entity.Property(l => l.Id).ValueGeneratedNever();
            entity.HasIndex(l => l.MessageId).IsUnique();
            // What a lender has accepted or handed over, they cannot lend to another: whoever races, one gets it.
            entity.HasIndex(l => new { l.LenderId, l.GarmentId }).IsUnique()
                .HasFilter($"state in ({(int)BorrowState.Accepted}, {(int)BorrowState.HandedOver})");
            entity.HasIndex(l => new { l.LenderId, l.InsertedAt });
            entity.HasIndex(l => new { l.BorrowerId, l.InsertedAt });
            entity.HasIndex(l => new { l.State, l.ExpiresAt });
            entity.HasIndex(l => new { l.State, l.DueAt });
            entity.HasIndex(l => new { l.GroupId, l.State });
        });
        modelBuilder.Entity<LoanMove>(entity =>
        {
            entity.ToTable("loan_moves");
            entity.HasKey(m => new { m.LoanId, m.Number });
            entity.Property(m => m.Number).ValueGeneratedNever();
            entity.HasOne<Loan>().WithMany(l => l.Moves).HasForeignKey(m => m.LoanId);
        });
    }
}

internal sealed class SqliteMessagesContext(DbContextOptions<SqliteMessagesContext> options)
    : MessagesContext(options), ISqliteContext;
