using System.Text.Json;
using Beat.Messaging.Shared.Realtime;
using Microsoft.AspNetCore.SignalR;

namespace Beat.Messaging.Notifications.Hub;

/// <summary>
/// Implements the hub's methods of this module: with the handler that REST uses, and for what only a connection can say.
/// </summary>
internal sealed class NotificationsHub(
    ReadNotifications.ReadNotifications read, Focus focus, ModuleStore<NotificationsContext> store)
    : INotificationsHub
{
    public async Task<IOutcome> MarkNotificationRead(HubCallerContext context, JsonElement id)
    {
        var bound = Binder.BindValue<Guid>("id", id);
        return bound.IsProblem ? bound : await read.One(bound.Value, context.Connection().Caller, CancellationToken.None);
    }

    public async Task<IOutcome> Focus(HubCallerContext context, JsonElement groupId)
    {
        if (groupId.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
            return Look(null);
        var bound = Binder.BindValue<Guid>("group_id", groupId);
        if (bound.IsProblem)
            return bound;
        var callerId = context.Connection().Caller.ProfileId;
        var refused = await store.Read(db => db.CheckAccess(bound.Value, callerId, needed: null, CancellationToken.None));
        return refused is null ? Look(bound.Value) : (Result<object?>)refused;

        Result<object?> Look(Guid? group)
        {
            focus.SetFocus(context.Connection(), group);
            return default(Result<object?>);
        }
    }
}
