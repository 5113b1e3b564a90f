using System.Text.Json;
using Beat.Messaging.Shared.Abstractions;
using Microsoft.AspNetCore.SignalR;

namespace Beat.Messaging.Messages.Contracts;

/// <summary>The module's slice of the hub. Arguments come as JSON and are checked as a REST body is.</summary>
public interface IMessagesHub
{
    /// <summary>Subscribes, then loads what was missed.</summary>
    Task<IOutcome> JoinGroup(HubCallerContext context, JsonElement groupId, JsonElement options);

    /// <summary>Up to 100 groups at once; one answer or problem each.</summary>
    Task<IOutcome> JoinGroups(HubCallerContext context, JsonElement joins);

    /// <summary>Stops listening; the membership stays.</summary>
    IOutcome LeaveGroup(HubCallerContext context, JsonElement groupId);

    /// <summary>Answers once the message is durable.</summary>
    Task<IOutcome> SendTextMessage(HubCallerContext context, JsonElement groupId, JsonElement message);

    /// <inheritdoc cref="SendTextMessage"/>
    Task<IOutcome> SendBorrowMessage(HubCallerContext context, JsonElement groupId, JsonElement message);

    Task<IOutcome> EditMessage(HubCallerContext context, JsonElement groupId, JsonElement messageId, JsonElement edit);

    Task<IOutcome> DeleteMessage(HubCallerContext context, JsonElement groupId, JsonElement messageId);

    Task<IOutcome> React(HubCallerContext context, JsonElement groupId, JsonElement messageId, JsonElement emoji, JsonElement on);

    /// <summary>Never moves back.</summary>
    Task<IOutcome> MarkRead(HubCallerContext context, JsonElement groupId, JsonElement seq);

    /// <summary>Moves a loan; answers with the whole message, or with the loan for a party who is no longer a member.</summary>
    Task<IOutcome> ActOnBorrow(
        HubCallerContext context, JsonElement groupId, JsonElement messageId, JsonElement action, JsonElement options);

    /// <summary>Passed on to the group at most once in 3 s per person.</summary>
    Task<IOutcome> Typing(HubCallerContext context, JsonElement groupId);
}
