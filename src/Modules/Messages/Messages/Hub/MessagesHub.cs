using System.Text.Json;
using Beat.Messaging.Messages.EditMessage;
using Beat.Messaging.Messages.MoveLoan;
using Beat.Messaging.Messages.Pushes;
using Beat.Messaging.Messages.Sending;
using Beat.Messaging.Shared.Realtime;
using Microsoft.AspNetCore.SignalR;

namespace Beat.Messaging.Messages.Hub;

/// <param name="Id">The message.</param>
internal sealed record SentAnswer(Guid Id, long Seq, DateTimeOffset InsertedAt, bool Replayed);

/// <summary>Implements the hub's methods of this module with the handlers that REST uses.</summary>
internal sealed class MessagesHub(
    OpenGroup open, SendMessage send, EditMessage.EditMessage edit, DeleteMessage.DeleteMessage delete, React.React react,
    MoveLoan.MoveLoan act, MarkRead.MarkRead mark, PushTyping typing, GroupFeed feed) : IMessagesHub
{
    public async Task<IOutcome> JoinGroup(HubCallerContext context, JsonElement groupId, JsonElement options)
    {
        var id = GroupId(groupId);
        if (id.IsProblem)
            return id;
        var where = options.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined
            ? new JoinOptions()
            : Binder.Bind<JoinOptions>(options);
        return where.IsProblem ? where : await open.Run(context.Connection(), id.Value, where.Value, OpenGroup.SingleLimit);
    }

    public async Task<IOutcome> JoinGroups(HubCallerContext context, JsonElement joins)
    {
        var bound = Binder.BindValue<IReadOnlyList<JoinEntry>>("joins", joins);
        return bound.IsProblem ? bound : await open.RunMany(context.Connection(), bound.Value);
    }

    public IOutcome LeaveGroup(HubCallerContext context, JsonElement groupId)
    {
        var id = GroupId(groupId);
        if (!id.IsProblem)
            feed.Leave(context.Connection(), id.Value);
        return id.Map<object?>(_ => null);
    }

    public Task<IOutcome> SendTextMessage(HubCallerContext context, JsonElement groupId, JsonElement message) =>
        Send(context, groupId, Binder.Bind<SendTextRequest>(message).Map(request => request.ToSend()));

    public Task<IOutcome> SendBorrowMessage(HubCallerContext context, JsonElement groupId, JsonElement message) =>
        Send(context, groupId, Binder.Bind<SendBorrowRequest>(message).Map(request => request.ToSend()));

    public async Task<IOutcome> EditMessage(
        HubCallerContext context, JsonElement groupId, JsonElement messageId, JsonElement edited)
    {
        var (id, message, request) = (GroupId(groupId), MessageId(messageId), Binder.Bind<EditMessageRequest>(edited));
        if (id.IsProblem)
            return id;
        if (message.IsProblem)
            return message;
        return request.IsProblem ? request : await edit.Run(id.Value, message.Value, context.Connection().Caller, request.Value);
    }

    public async Task<IOutcome> DeleteMessage(HubCallerContext context, JsonElement groupId, JsonElement messageId)
    {
        var (id, message) = (GroupId(groupId), MessageId(messageId));
        if (id.IsProblem)
            return id;
        return message.IsProblem ? message : await delete.Run(id.Value, message.Value, context.Connection().Caller);
    }

    public async Task<IOutcome> React(
        HubCallerContext context, JsonElement groupId, JsonElement messageId, JsonElement emoji, JsonElement on)
    {
        var (id, message) = (GroupId(groupId), MessageId(messageId));
        var (one, isOn) = (Binder.BindValue<string>("emoji", emoji), Binder.BindValue<bool>("on", on));
        foreach (var bound in new IOutcome[] { id, message, one, isOn })
        {
            if (bound.Problem is not null)
                return bound;
        }
        return await react.Run(id.Value, message.Value, context.Connection().Caller, one.Value, isOn.Value);
    }

    public async Task<IOutcome> MarkRead(HubCallerContext context, JsonElement groupId, JsonElement seq)
    {
        var (id, upTo) = (GroupId(groupId), Binder.BindValue<long>("seq", seq));
        if (id.IsProblem)
            return id;
        if (upTo.IsProblem)
            return upTo;
        if (upTo.Value < 0)
            return (Result<long>)Problems.Validation("seq", "must be between 0 and 9223372036854775807");
        return await mark.Run(id.Value, context.Connection().Caller, upTo.Value, CancellationToken.None);
    }

    public async Task<IOutcome> ActOnBorrow(
        HubCallerContext context, JsonElement groupId, JsonElement messageId, JsonElement action, JsonElement options)
    {
        var (id, message, name) = (GroupId(groupId), MessageId(messageId), Binder.BindValue<string>("action", action));
        if (id.IsProblem)
            return id;
        if (message.IsProblem)
            return message;
        if (name.IsProblem)
            return name;
        var request = options.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined
            ? new ActOnBorrowRequest()
            : Binder.Bind<ActOnBorrowRequest>(options);
        if (request.IsProblem)
            return request;
        var acted = await act.Run(
            id.Value, message.Value, name.Value, request.Value, context.Connection().Caller, CancellationToken.None);
        return acted.Map<object>(done => (object?)done.Message ?? done.Loan!);
    }

    public async Task<IOutcome> Typing(HubCallerContext context, JsonElement groupId)
    {
        var id = GroupId(groupId);
        // No conditional expression: as the result of an object the problem would be its value.
        if (id.IsProblem)
            return id;
        return await typing.Run(id.Value, context.Connection().Caller);
    }

    private async Task<IOutcome> Send(HubCallerContext context, JsonElement groupId, Result<SendMessageRequest> request)
    {
        var id = GroupId(groupId);
        if (id.IsProblem)
            return id;
        if (request.IsProblem)
            return request;
        var sent = await send.Run(id.Value, context.Connection().Caller, request.Value);
        return sent.Map(s => new SentAnswer(s.Message.Id, s.Message.Seq, s.Message.InsertedAt, s.Replayed));
    }

    private static Result<Guid> GroupId(JsonElement json) => Binder.BindValue<Guid>("group_id", json);

    private static Result<Guid> MessageId(JsonElement json) => Binder.BindValue<Guid>("message_id", json);
}
