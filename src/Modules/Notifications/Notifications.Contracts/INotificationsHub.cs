using System.Text.Json;
using Beat.Messaging.Shared.Abstractions;
using Microsoft.AspNetCore.SignalR;

namespace Beat.Messaging.Notifications.Contracts;

/// <summary>The module's slice of the hub.</summary>
public interface INotificationsHub
{
    Task<IOutcome> MarkNotificationRead(HubCallerContext context, JsonElement id);

    /// <summary>What is on this connection's screen, so that it is not notified; null for no group. For members.</summary>
    Task<IOutcome> Focus(HubCallerContext context, JsonElement groupId);
}
