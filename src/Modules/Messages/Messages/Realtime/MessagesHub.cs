using System.Text.Json;
using Beat.Messaging.Messages.EditMessage;
using Beat.Messaging.Messages.MoveLoan;
using Beat.Messaging.Messages.Sending;
using Beat.Messaging.Shared.Realtime;

namespace Beat.Messaging.Messages.Realtime;

/// <param name="Id">The message.</param>
internal sealed record SentAnswer(Guid Id, long Seq, DateTimeOffset InsertedAt, bool Replayed);

/// <summary>Implements the hub's methods of this module with the handlers that REST uses.</summary>
internal sealed class MessagesHub(
    JoinGroup join, SendMessage send, EditMessage.EditMessage edit, DeleteMessage.DeleteMessage delete, React.React react,
    MoveLoan.MoveLoan act, MarkRead.MarkRead mark, PushTyping typing, GroupFeed feed) : IMessagesHub
{
    public async Task<IOutcome> JoinGroup(FeedConnection connection, JsonElement groupId, JsonElement options)
    {
        var id = GroupId(groupId);
        if (id.IsProblem)
            return id;
        var where = options.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? new JoinOptions() : Binder.Bind<JoinOptions>(options);
        return where.IsProblem ? where : await join.Run(connection, id.Value, where.Value, Realtime.JoinGroup.SingleLimit);
    }

    public async Task<IOutcome> JoinGroups(FeedConnection connection, JsonElement joins)
    {
        var bound = Binder.BindValue<IReadOnlyList<JoinEntry>>("joins", joins);
        return bound.IsProblem ? bound : await join.RunMany(connection, bound.Value);
    }

    public IOutcome LeaveGroup(FeedConnection connection, JsonElement groupId)
    {
        var id = GroupId(groupId);
        if (!id.IsProblem)
            feed.Leave(connection, id.Value);
        return id.Map<object?>(_ => null);
    }

    public Task<IOutcome> SendTextMessage(FeedConnection connection, JsonElement groupId, JsonElement message) =>
        Send(connection, groupId, Binder.Bind<SendTextRequest>(message).Map(request => request.ToSend()));

    public Task<IOutcome> SendBorrowMessage(FeedConnection connection, JsonElement groupId, JsonElement message) =>
        Send(connection, groupId, Binder.Bind<SendBorrowRequest>(message).Map(request => request.ToSend()));

    public async Task<IOutcome> EditMessage(FeedConnection connection, JsonElement groupId, JsonElement messageId, JsonElement edited)
    {
        var (id, message, request) = (GroupId(groupId), MessageId(messageId), Binder.Bind<EditMessageRequest>(edited));
        if (id.IsProblem)
            return id;
        if (message.IsProblem)
            return message;
        return request.IsProblem ? request : await edit.Run(id.Value, message.Value, connection.Caller, request.Value);
    }

    public async Task<IOutcome> DeleteMessage(FeedConnection connection, JsonElement groupId, JsonElement messageId)
    {
        var (id, message) = (GroupId(groupId), MessageId(messageId));
        if (id.IsProblem)
            return id;
        return message.IsProblem ? message : await delete.Run(id.Value, message.Value, connection.Caller);
    }

    public async Task<IOutcome> React(FeedConnection connection, JsonElement groupId, JsonElement messageId, JsonElement emoji, JsonElement on)
    {
        var (id, message) = (GroupId(groupId), MessageId(messageId));
        var (one, isOn) = (Binder.BindValue<string>("emoji", emoji), Binder.BindValue<bool>("on", on));
        foreach (var bound in new IOutcome[] { id, message, one, isOn })
        {
            if (bound.Problem is not null)
                return bound;
        }
        return await react.Run(id.Value, message.Value, connection.Caller, one.Value, isOn.Value);
    }

    public async Task<IOutcome> MarkRead(FeedConnection connection, JsonElement groupId, JsonElement seq)
    {
        var (id, upTo) = (GroupId(groupId), Binder.BindValue<long>("seq", seq));
        if (id.IsProblem)
            return id;
        if (upTo.IsProblem)
            return upTo;
        if (upTo.Value < 0)
            return (Result<long>)Problems.Validation("seq", "must be between 0 and 9223372036854775807");
        return await mark.Run(id.Value, connection.Caller, upTo.Value, CancellationToken.None);
    }

    public async Task<IOutcome> ActOnBorrow(FeedConnection connection, JsonElement groupId, JsonElement messageId, JsonElement action, JsonElement options)
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
        var acted = await act.Run(id.Value, message.Value, name.Value, request.Value, connection.Caller, CancellationToken.None);
        return acted.Map<object>(done => (object?)done.Message ?? done.Loan!);
    }

    public async Task<IOutcome> Typing(FeedConnection connection, JsonElement groupId)
    {
        var id = GroupId(groupId);
        // No conditional expression: as the result of an object the problem would be its value.
        if (id.IsProblem)
            return id;
        return await typing.Run(id.Value, connection.Caller);
    }

    private async Task<IOutcome> Send(FeedConnection connection, JsonElement groupId, Result<SendMessageRequest> request)
    {
        var id = GroupId(groupId);
        if (id.IsProblem)
            return id;
        if (request.IsProblem)
            return request;
        var sent = await send.Run(id.Value, connection.Caller, request.Value);
        return sent.Map(s => new SentAnswer(s.Message.Id, s.Message.Seq, s.Message.InsertedAt, s.Replayed));
    }

    private static Result<Guid> GroupId(JsonElement json) => Binder.BindValue<Guid>("group_id", json);

    private static Result<Guid> MessageId(JsonElement json) => Binder.BindValue<Guid>("message_id", json);
}
