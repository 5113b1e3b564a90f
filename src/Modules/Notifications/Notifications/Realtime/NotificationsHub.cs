using System.Text.Json;
using Beat.Messaging.Notifications.Contracts;
using Beat.Messaging.Shared.Realtime;

namespace Beat.Messaging.Notifications.Realtime;

/// <summary>Implements the hub's methods of this module: with the handler that REST uses, and for what only a connection can say.</summary>
internal sealed class NotificationsHub(ReadNotifications.ReadNotifications read, Focus focus, ModuleStore<NotificationsContext> store) : INotificationsHub
{
    public async Task<IOutcome> MarkNotificationRead(FeedConnection connection, JsonElement id)
    {
        var bound = Binder.BindValue<Guid>("id", id);
        return bound.IsProblem ? bound : await read.One(bound.Value, connection.Caller, CancellationToken.None);
    }

    public async Task<IOutcome> Focus(FeedConnection connection, JsonElement groupId)
    {
        if (groupId.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
            return Look(null);
        var bound = Binder.BindValue<Guid>("group_id", groupId);
        if (bound.IsProblem)
            return bound;
        var refused = await store.Read(async db => await db.RankOf(bound.Value, connection.Caller.ProfileId, CancellationToken.None) is not null
            ? null
            : await db.Groups.AnyAsync(g => g.GroupId == bound.Value && g.IsPublic && !g.IsDeleted)
                ? Problems.Forbidden("Only members may do this.")
                : Problems.GroupNotFound);
        return refused is null ? Look(bound.Value) : (Result<object?>)refused;

        Result<object?> Look(Guid? group)
        {
            focus.SetFocus(connection, group);
            return default(Result<object?>);
        }
    }
}
