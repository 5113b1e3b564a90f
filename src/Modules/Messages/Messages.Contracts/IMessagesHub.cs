using System.Text.Json;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Realtime;

namespace Beat.Messaging.Messages.Contracts;

/// <summary>The module's slice of the hub. Arguments come as JSON and are checked as a REST body is.</summary>
public interface IMessagesHub
{
    /// <summary>Subscribes, then loads what was missed.</summary>
    Task<IOutcome> JoinGroup(FeedConnection connection, JsonElement groupId, JsonElement options);

    /// <summary>Up to 100 groups at once; one answer or problem each.</summary>
    Task<IOutcome> JoinGroups(FeedConnection connection, JsonElement joins);

    /// <summary>Stops listening; the membership stays.</summary>
    IOutcome LeaveGroup(FeedConnection connection, JsonElement groupId);

    /// <summary>Answers once the message is durable.</summary>
    Task<IOutcome> SendTextMessage(FeedConnection connection, JsonElement groupId, JsonElement message);

    /// <inheritdoc cref="SendTextMessage"/>
    Task<IOutcome> SendBorrowMessage(FeedConnection connection, JsonElement groupId, JsonElement message);

    Task<IOutcome> EditMessage(FeedConnection connection, JsonElement groupId, JsonElement messageId, JsonElement edit);

    Task<IOutcome> DeleteMessage(FeedConnection connection, JsonElement groupId, JsonElement messageId);

    Task<IOutcome> React(FeedConnection connection, JsonElement groupId, JsonElement messageId, JsonElement emoji, JsonElement on);

    /// <summary>Never moves back.</summary>
    Task<IOutcome> MarkRead(FeedConnection connection, JsonElement groupId, JsonElement seq);

    /// <summary>Moves a loan; answers with the whole message, or with the loan for a party who is no longer a member.</summary>
    Task<IOutcome> ActOnBorrow(FeedConnection connection, JsonElement groupId, JsonElement messageId, JsonElement action, JsonElement options);

    /// <summary>Passed on to the group at most once in 3 s per person.</summary>
    Task<IOutcome> Typing(FeedConnection connection, JsonElement groupId);
}
