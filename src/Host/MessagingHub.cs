using System.Text.Json;
using Beat.Messaging.Messages.Contracts;
using Beat.Messaging.Notifications.Contracts;
using Beat.Messaging.Shared.Realtime;
using Microsoft.AspNetCore.SignalR;

namespace Beat.Messaging.Host;

/// <summary>The SignalR hub: each line names a method that clients call and the module that answers it.</summary>
public sealed class MessagingHub(IMessagesHub messages, INotificationsHub notifications) : Hub
{
    [RequiresScope(MessageScopes.View)]
    public Task<IOutcome> JoinGroup(JsonElement groupId, JsonElement options) => messages.JoinGroup(Context, groupId, options);

    [RequiresScope(MessageScopes.View)]
    public Task<IOutcome> JoinGroups(JsonElement joins) => messages.JoinGroups(Context, joins);

    [RequiresScope(MessageScopes.View)]
    public IOutcome LeaveGroup(JsonElement groupId) => messages.LeaveGroup(Context, groupId);

    [RequiresScope(MessageScopes.View)]
    public Task<IOutcome> SendTextMessage(JsonElement groupId, JsonElement message) =>
        messages.SendTextMessage(Context, groupId, message);

    [RequiresScope(MessageScopes.View)]
    public Task<IOutcome> SendBorrowMessage(JsonElement groupId, JsonElement message) =>
        messages.SendBorrowMessage(Context, groupId, message);

    [RequiresScope(MessageScopes.View)]
    public Task<IOutcome> EditMessage(JsonElement groupId, JsonElement messageId, JsonElement edit) =>
        messages.EditMessage(Context, groupId, messageId, edit);

    [RequiresScope(MessageScopes.View)]
    public Task<IOutcome> DeleteMessage(JsonElement groupId, JsonElement messageId) =>
        messages.DeleteMessage(Context, groupId, messageId);

    [RequiresScope(MessageScopes.View)]
    public Task<IOutcome> React(JsonElement groupId, JsonElement messageId, JsonElement emoji, JsonElement on) =>
        messages.React(Context, groupId, messageId, emoji, on);

    [RequiresScope(MessageScopes.View)]
    public Task<IOutcome> MarkRead(JsonElement groupId, JsonElement seq) => messages.MarkRead(Context, groupId, seq);

    [RequiresScope(MessageScopes.View)]
    public Task<IOutcome> ActOnBorrow(JsonElement groupId, JsonElement messageId, JsonElement action, JsonElement options) =>
        messages.ActOnBorrow(Context, groupId, messageId, action, options);

    [RequiresScope(MessageScopes.View)]
    public Task<IOutcome> Typing(JsonElement groupId) => messages.Typing(Context, groupId);

    [RequiresScope(NotificationScopes.View)]
    public Task<IOutcome> MarkNotificationRead(JsonElement id) => notifications.MarkNotificationRead(Context, id);

    [RequiresScope(MessageScopes.View)]
    public Task<IOutcome> Focus(JsonElement groupId) => notifications.Focus(Context, groupId);
}
