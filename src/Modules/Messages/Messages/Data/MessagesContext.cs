using Beat.Messaging.Members.Contracts.Replica;
using Beat.Messaging.Shared.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Messages.Data;

/// <summary>What Messages keeps beside the messages themselves: its copy of groups and memberships.</summary>
internal class MessagesContext(DbContextOptions options) : ModuleContext(options, "messages")
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.HasMembershipReplica();
    }
}

internal sealed class SqliteMessagesContext(DbContextOptions<SqliteMessagesContext> options) : MessagesContext(options), ISqliteContext;
