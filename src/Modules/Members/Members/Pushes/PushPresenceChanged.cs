using System.Threading.Channels;
using Beat.Messaging.Shared.Realtime;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Members.Pushes;

/// <summary>Finds the groups of someone who came online or went, for the announcer to tell.</summary>
internal sealed partial class PushPresenceChanged(
    Presence presence, PresenceAnnouncer announcer, GroupFeed feed, ModuleStore<MembersContext> store,
    ILogger<PushPresenceChanged> log)
    : BackgroundService
{
    private readonly Channel<(Guid ProfileId, bool Online)> changes = Channel.CreateBounded<(Guid, bool)>(
        new BoundedChannelOptions(10_000) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        presence.PresenceChanged += (profileId, online) => changes.Writer.TryWrite((profileId, online));
        try
        {
            await foreach (var (profileId, online) in changes.Reader.ReadAllAsync(stoppingToken))
                await Announce(profileId, online, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task Announce(Guid profileId, bool online, CancellationToken ct)
    {
        try
        {
            var groupIds = await store.Read(db => db.Members
                .Where(m => m.ProfileId == profileId && m.State == MemberState.Present)
                .Select(m => m.GroupId)
                .ToListAsync(ct));
            foreach (var groupId in groupIds.Where(feed.HasSubscribers))
                announcer.Announce(groupId, profileId, online);
        }
        catch (StoreUnavailableException away)
        {
            // Presence is a hint: clients read it anew when they join.
            LogSkipped(away);
        }
    }

    [LoggerMessage(300, LogLevel.Warning, "A change of presence was not announced")]
    private partial void LogSkipped(Exception failure);
}
