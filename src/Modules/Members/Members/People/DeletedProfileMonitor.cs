using Beat.Messaging.Shared.Hosting.Time;
using Beat.Messaging.Shared.Realtime.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Members.People;

/// <summary>
/// Has every node know whose profile was deleted: all of them at start, then each as it is told, and every 10 s, or when the
/// backplane comes back, what another node's message did not bring.
/// </summary>
internal sealed partial class DeletedProfileMonitor : BackgroundService
{
    private const string Channel = "deleted_profiles";
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(10);

    /// <summary>Other nodes' clocks may differ by that much, and their commits be late.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    private readonly DeletedProfiles deleted;
    private readonly INodeBackplane backplane;
    private readonly ModuleStore<MembersContext> store;
    private readonly TimeProvider time;
    private readonly ILogger<DeletedProfileMonitor> log;
    private readonly SemaphoreSlim restored = new(0);
    private DateTimeOffset? readAt;

    public DeletedProfileMonitor(
        DeletedProfiles deleted, INodeBackplane backplane, ModuleStore<MembersContext> store, TimeProvider time,
        ILogger<DeletedProfileMonitor> log)
    {
        (this.deleted, this.backplane, this.store, this.time, this.log) = (deleted, backplane, store, time, log);
        backplane.Subscribe(Channel, message => deleted.Add(new Guid(message.Payloads[0].Span)));
    }

    /// <summary>Their tokens are refused and their connections closed, on every node.</summary>
    public void Revoke(Guid profileId)
    {
        deleted.Add(profileId);
        backplane.Publish(Channel, new NodeMessage(Channel, 0, [profileId.ToByteArray()]));
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before the first request.
        await TryReview(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        backplane.Restored += () => restored.Release();
        try
        {
            while (backplane.HasOtherNodes || readAt is null)
            {
                await restored.WaitAsync(PollInterval, stoppingToken);
                await TryReview(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    internal async Task Review(CancellationToken ct)
    {
        var now = time.Now();
        if (readAt is { } before)
        {
            var since = before - Overlap;
            foreach (var profileId in await store.Read(
                db => db.Users.Where(u => u.DeletedAt >= since).Select(u => u.ProfileId).ToListAsync(ct)))
                deleted.Add(profileId);
        }
        else
        {
            await foreach (var user in store.Stream(db => db.Users.Where(u => u.IsDeleted), u => u.ProfileId, ct))
                deleted.Add(user.ProfileId);
        }
        readAt = now;
    }

    private async Task TryReview(CancellationToken ct)
    {
        try
        {
            await Review(ct);
        }
        catch (StoreUnavailableException away)
        {
            LogSkipped(away);
        }
    }

    [LoggerMessage(302, LogLevel.Warning, "Whose profile was deleted could not be read")]
    private partial void LogSkipped(Exception failure);
}
