using Beat.Messaging.Members.Contracts.Replica;
using Beat.Messaging.Shared.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Messages.Data;

/// <summary>What Messages keeps beside the messages themselves: its copy of groups and memberships, and what people have read.</summary>
internal class MessagesContext(DbContextOptions options) : ModuleContext(options, "messages")
{
    public DbSet<KnownHead> Heads => Set<KnownHead>();

    public DbSet<ReadMark> ReadMarks => Set<ReadMark>();

    public DbSet<Mention> Mentions => Set<Mention>();

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
    }
}

internal sealed class SqliteMessagesContext(DbContextOptions<SqliteMessagesContext> options) : MessagesContext(options), ISqliteContext;
