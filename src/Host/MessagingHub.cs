using System.Text.Json;
using Beat.Messaging.Messages.Contracts;
using Beat.Messaging.Notifications.Contracts;
using Beat.Messaging.Shared.Realtime;
using Microsoft.AspNetCore.SignalR;

namespace Beat.Messaging.Host;

/// <summary>The SignalR hub: each line names a method that clients call and the module that answers it.</summary>
public sealed class MessagingHub(IMessagesHub messages, INotificationsHub notifications) : Hub
{
    [RequiresScope(Scopes.MessageView)]
    public Task<IOutcome> JoinGroup(JsonElement groupId, JsonElement options) => messages.JoinGroup(Me, groupId, options);

    [RequiresScope(Scopes.MessageView)]
    public Task<IOutcome> JoinGroups(JsonElement joins) => messages.JoinGroups(Me, joins);

    [RequiresScope(Scopes.MessageView)]
    public IOutcome LeaveGroup(JsonElement groupId) => messages.LeaveGroup(Me, groupId);

    [RequiresScope(Scopes.MessageView)]
    public Task<IOutcome> SendTextMessage(JsonElement groupId, JsonElement message) => messages.SendTextMessage(Me, groupId, message);

    [RequiresScope(Scopes.MessageView)]
    public Task<IOutcome> SendBorrowMessage(JsonElement groupId, JsonElement message) => messages.SendBorrowMessage(Me, groupId, message);

    [RequiresScope(Scopes.MessageView)]
    public Task<IOutcome> EditMessage(JsonElement groupId, JsonElement messageId, JsonElement edit) =>
        messages.EditMessage(Me, groupId, messageId, edit);

    [RequiresScope(Scopes.MessageView)]
    public Task<IOutcome> DeleteMessage(JsonElement groupId, JsonElement messageId) => messages.DeleteMessage(Me, groupId, messageId);

    [RequiresScope(Scopes.MessageView)]
    public Task<IOutcome> React(JsonElement groupId, JsonElement messageId, JsonElement emoji, JsonElement on) =>
        messages.React(Me, groupId, messageId, emoji, on);

    [RequiresScope(Scopes.MessageView)]
    public Task<IOutcome> MarkRead(JsonElement groupId, JsonElement seq) => messages.MarkRead(Me, groupId, seq);

    [RequiresScope(Scopes.MessageView)]
    public Task<IOutcome> ActOnBorrow(JsonElement groupId, JsonElement messageId, JsonElement action, JsonElement options) =>
        messages.ActOnBorrow(Me, groupId, messageId, action, options);

    [RequiresScope(Scopes.MessageView)]
    public Task<IOutcome> Typing(JsonElement groupId) => messages.Typing(Me, groupId);

    [RequiresScope(Scopes.NotificationView)]
    public Task<IOutcome> MarkNotificationRead(JsonElement id) => notifications.MarkNotificationRead(Me, id);

    [RequiresScope(Scopes.MessageView)]
    public Task<IOutcome> Focus(JsonElement groupId) => notifications.Focus(Me, groupId);

    private FeedConnection Me => Context.Connection();
}
