using System.Collections.Concurrent;
using Beat.Messaging.Shared.Realtime;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Groups.Pushes;

internal sealed record GroupUpdatedPush(
    Guid GroupId, string Name, string Description, bool IsPublic, Guid OwnerId, string? AvatarUrl, int MemberCount,
    int SustainabilityPoints, int Xp, long Revision);

/// <summary>
/// Shows a group's members what it is now: at once when somebody changed it, and at most every 5 s when only its numbers moved.
/// </summary>
internal sealed partial class PushGroupUpdated(
    ModuleStore<GroupsContext> store, GroupFeed feed, TimeProvider time, ILogger<PushGroupUpdated> log) :
    BackgroundService, IEventHandler<GroupUpdated>, IEventHandler<MemberJoined>, IEventHandler<MemberLeft>, IEventHandler<MemberKicked>,
    IEventHandler<PointsAwarded>
{
    private static readonly TimeSpan MinPushInterval = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<Guid, bool> moved = new();

    public Task Handle(Envelope<GroupUpdated> envelope, CancellationToken ct) => Push(envelope.Payload.GroupId, ct);

    public Task Handle(Envelope<MemberJoined> envelope, CancellationToken ct) => SchedulePush(envelope.Payload.GroupId);

    public Task Handle(Envelope<MemberLeft> envelope, CancellationToken ct) => SchedulePush(envelope.Payload.GroupId);

    public Task Handle(Envelope<MemberKicked> envelope, CancellationToken ct) => SchedulePush(envelope.Payload.GroupId);

    public Task Handle(Envelope<PointsAwarded> envelope, CancellationToken ct) => SchedulePush(envelope.Payload.GroupId);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(MinPushInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var groupId in moved.Keys)
                {
                    moved.TryRemove(groupId, out _);
                    await Push(groupId, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private Task SchedulePush(Guid groupId)
    {
        if (feed.HasListeners(groupId))
            moved[groupId] = true;
        return Task.CompletedTask;
    }

    private async Task Push(Guid groupId, CancellationToken ct)
    {
        if (!feed.HasListeners(groupId))
            return;
        try
        {
            var push = await store.Read(
                db => db.Groups.Where(g => g.Id == groupId && g.DeletedAt == null).Select(g => new GroupUpdatedPush(
                g.Id, g.Name, g.Description, g.IsPublic, g.OwnerId, g.AvatarUrl,
                db.Members.Count(m => m.GroupId == g.Id && m.Role != null), g.SustainabilityPoints, g.Xp, g.Revision))
                    .SingleOrDefaultAsync(ct));
            if (push is not null)
                feed.Push(groupId, "GroupUpdated", push);
        }
        catch (StoreUnavailableException away)
        {
            // Clients read the group when they open it.
            LogSkipped(away);
        }
    }

    [LoggerMessage(600, LogLevel.Warning, "A change of a group was not pushed")]
    private partial void LogSkipped(Exception failure);
}
