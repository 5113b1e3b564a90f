using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Benchmarks;

/// <summary>
/// What to compare with: SignalR as its documentation has it, in memory, storing nothing, pushing the same JSON.
/// </summary>
internal sealed class BareHub : Hub
{
    private static long seq;

    public static async Task<int> Run(int port)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddSignalR(options => options.MaximumParallelInvocationsPerClient = 16);
        var app = builder.Build();
        app.MapHub<BareHub>("/hubs/messaging");
        await app.RunAsync();
        return 0;
    }

    public Task JoinGroup(Guid groupId, object? options) => Groups.AddToGroupAsync(Context.ConnectionId, groupId.ToString());

    public async Task<object> SendTextMessage(Guid groupId, Text message)
    {
        var (id, next, now) = (Guid.CreateVersion7(), Interlocked.Increment(ref seq), DateTimeOffset.UtcNow);
        await Clients.Group(groupId.ToString()).SendAsync("MessageReceived", new
        {
            id,
            group_id = groupId,
            seq = next,
            type = "text",
            sender_id = id,
            payload = new { content = message.Content, mentions = Array.Empty<Guid>(), reply_to = (Guid?)null },
            borrow = (object?)null,
            reactions = Array.Empty<object>(),
            metadata = new { sender_id = id },
            client_message_id = id,
            inserted_at = now,
            edited_at = (DateTimeOffset?)null,
            deleted_at = (DateTimeOffset?)null,
            revision = 1,
            changed = (string?)null,
        });
        return new { id, seq = next, inserted_at = now, replayed = false };
    }

    public sealed record Text(string Content);
}
