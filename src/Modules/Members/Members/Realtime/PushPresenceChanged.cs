using System.Collections.Concurrent;
using Beat.Messaging.Members.Data;
using Beat.Messaging.Shared.Infrastructure.Persistence;
using Beat.Messaging.Shared.Infrastructure.Realtime;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Members.Realtime;

/// <param name="Joined">Profile ids of members who came online.</param>
/// <param name="Left">And of those who went.</param>
internal sealed record PresenceChanged(Guid GroupId, IReadOnlyList<Guid> Joined, IReadOnlyList<Guid> Left);

/// <summary>Tells groups which of their members came online and went, at most every 2 s per group.</summary>
internal sealed partial class PushPresenceChanged(
    Presence presence, GroupFeed feed, ModuleStore<MembersContext> store, TimeProvider time, ILogger<PushPresenceChanged> log) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<Guid, bool> changes = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Last one wins: who went and came back within a beat is one change, or none.
        presence.Changed += (profileId, online) => changes[profileId] = online;
        using var timer = new PeriodicTimer(Beat, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await Announce(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task Announce(CancellationToken ct)
    {
        var taken = changes.Keys.ToArray();
        var moved = new Dictionary<Guid, bool>();
        foreach (var profileId in taken)
        {
            if (changes.TryRemove(profileId, out var online))
                moved[profileId] = online;
        }
        if (moved.Count == 0)
            return;
        try
        {
            var places = await store.Read(db => db.Members
                .Where(m => moved.Keys.Contains(m.ProfileId) && m.State == MemberState.Present)
                .Select(m => new { m.GroupId, m.ProfileId })
                .ToListAsync(ct));
            foreach (var group in places.GroupBy(place => place.GroupId).Where(group => feed.HasSubscribers(group.Key)))
            {
                var ids = group.Select(place => place.ProfileId).ToLookup(id => moved[id]);
                feed.Push(group.Key, "PresenceChanged", new PresenceChanged(group.Key, [.. ids[true]], [.. ids[false]]));
            }
        }
        catch (StoreUnavailableException away)
        {
            // Presence is a hint: clients read it anew when they join.
            LogSkipped(away);
        }
    }

    [LoggerMessage(300, LogLevel.Warning, "Presence was not announced")]
    private partial void LogSkipped(Exception failure);
}
