using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Beat.Messaging.Shared.Events.Persistence;

/// <summary>
/// Marks the SQLite variant of a module's context; two providers need two types, because each has migrations of its own.
/// </summary>
public interface ISqliteContext;

/// <summary>A module's own tables, with its outbox and inbox. Nobody else reads them.</summary>
/// <param name="schema">The module's name: a schema in PostgreSQL, a file in SQLite.</param>
public abstract class ModuleContext(DbContextOptions options, string schema) : DbContext(options)
{
    private readonly List<RaisedEvent> raised = [];

    internal DbSet<OutboxEvent> Outbox => Set<OutboxEvent>();

    internal DbSet<OutboxDelivery> Deliveries => Set<OutboxDelivery>();

    internal DbSet<InboxEntry> Inbox => Set<InboxEntry>();

    /// <summary>
    /// Adds an event to the outbox, in the transaction of the change. Lock the aggregate's row first
    /// (<see cref="RowLocks.ForUpdate"/>), so that the outbox is in the order of the changes.
    /// </summary>
    /// <param name="version">Counts the changes of the aggregate that make an event, from 1.</param>
    public void Raise(IIntegrationEvent happened, string aggregateId, long version) =>
        raised.Add(new RaisedEvent(happened, aggregateId, version));

    /// <summary>Same, for an aggregate that is named by its own id.</summary>
    public void Raise(IIntegrationEvent happened, Guid aggregateId, long version) =>
        Raise(happened, aggregateId.ToString(), version);

    /// <summary>
    /// False when <paramref name="consumer"/> had this event before. Otherwise notes it, in the transaction of the effect.
    /// </summary>
    public async Task<bool> FirstTime(string consumer, string inboxId, CancellationToken ct)
    {
        if (await Inbox.AnyAsync(entry => entry.Consumer == consumer && entry.InboxId == inboxId, ct))
            return false;
        Inbox.Add(new InboxEntry { Consumer = consumer, InboxId = inboxId, HandledAt = DateTimeOffset.UtcNow });
        return true;
    }

    internal IReadOnlyList<RaisedEvent> TakeRaised()
    {
        var taken = raised.ToArray();
        raised.Clear();
        return taken;
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // SQLite cannot order by a DateTimeOffset; milliseconds are all that is ever stored.
        if (this is ISqliteContext)
            configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UnixMilliseconds>();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        if (this is not ISqliteContext)
            modelBuilder.HasDefaultSchema(schema);

        modelBuilder.Entity<OutboxEvent>(entity =>
        {
            entity.ToTable("outbox");
            entity.HasKey(e => e.Position);
            entity.Property(e => e.Position).ValueGeneratedOnAdd();
            entity.HasIndex(e => e.EventId).IsUnique();
            entity.HasIndex(e => e.OccurredAt);
        });
        modelBuilder.Entity<OutboxDelivery>(entity =>
        {
            entity.ToTable("outbox_deliveries");
            entity.HasKey(d => new { d.Subscriber, d.EventId });
            entity.HasIndex(d => d.EventId);
        });
        modelBuilder.Entity<InboxEntry>(entity =>
        {
            entity.ToTable("inbox");
            entity.HasKey(i => new { i.Consumer, i.InboxId });
            entity.HasIndex(i => i.HandledAt);
        });
    }

    private sealed class UnixMilliseconds() : ValueConverter<DateTimeOffset, long>(
        time => time.ToUnixTimeMilliseconds(),
        milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
}
