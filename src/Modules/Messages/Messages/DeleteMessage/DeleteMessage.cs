using Beat.Messaging.Messages.Events;
using Beat.Messaging.Messages.Loans;
using Beat.Messaging.Messages.Pushes;
using Beat.Messaging.Shared.Hosting.Auth;
using Beat.Messaging.Shared.Hosting.Time;
using Carter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Beat.Messaging.Messages.DeleteMessage;

internal sealed class DeleteMessageEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapDelete("/groups/{id}/messages/{message_id}", Handle)
        .RequireScope(MessageScopes.View)
        .WithName("DeleteMessage").WithTags("Messages")
        .WithSummary("Delete a message")
        .WithDescription(
            "For its sender, and for moderators above the sender. A tombstone keeps its `seq`; again is 204 again. A borrow message that is open is "
            + "withdrawn; one whose loan runs stays.")
        .Refuses(
            MembershipProblems.GroupNotFound, Problems.Forbidden, MembershipProblems.MemberRank, MessageProblems.NotFound,
            LoanProblems.ImpossibleMove);

    private static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, [FromRoute(Name = "message_id")] Guid messageId, DeleteMessage delete, Caller caller) =>
        (await delete.Run(id, messageId, caller)).Problem.ToNoContent();
}

internal sealed class DeleteMessage(
    MembershipCache memberships, IMessageHistory store, ModuleStore<MessagesContext> loans, MessageReader reader,
    PushMessages push, LoanSettings settings, TimeProvider time)
{
    public async Task<Result<MessageResponse>> Run(Guid groupId, Guid messageId, Caller caller)
    {
        var entered = await memberships.RequireMember(groupId, caller.ProfileId);
        if (entered.IsProblem)
            return entered.Problem!;
        while (true)
        {
            if (await store.Get(groupId, messageId) is not { } message)
                return MessageProblems.NotFound;
            if (CheckMayDelete(message, caller.ProfileId, entered.Value) is { } refused)
            {
                if (await memberships.ReloadIfNewer(groupId, entered.Value) is not { } newer
                    || newer.CheckAccess(caller.ProfileId, MessageCapabilities.View) is not null)
                    return refused;
                entered = newer;
                continue;
            }
            if (message.DeletedAt is not null)
                return await reader.ToResponse(message);
            if (message.Borrow is not null && await Withdraw(message, caller.ProfileId) is { } running)
                return running;
            var now = time.Now();
            var next =
                message with { Content = null, Mentions = [], Reactions = [], DeletedAt = now, Revision = message.Revision + 1 };
            if (await store.Change(next, MessageEventFactory.Deleted(next, caller.ProfileId), now) is { } stored)
                return await push.Changed("MessageDeleted", stored);
        }
    }

    /// <summary>
    /// Closes the loan before its message goes; one that runs keeps it. Between the two a crash leaves what a repeat finishes.
    /// </summary>
    private Task<Problem?> Withdraw(Message message, Guid callerId) => loans.Write(async db =>
    {
        var now = time.Now();
        var loan = await db.LockLoan(message.GroupId, message.Id, default)
            ?? await db.OpenLoan((BorrowMessageSent)MessageEventFactory.Created(message), settings.ExpiresIn, now, default);
        if (loan.State is BorrowState.Accepted or BorrowState.HandedOver)
            return loan.ToTransitionProblem(callerId);
        loan.TryMove(db, BorrowAction.Withdraw, LoanParty.Service, callerId, now, reason: CloseReasons.MessageDeleted);
        return null;
    }, default);

    private static Problem? CheckMayDelete(Message message, Guid profileId, Membership membership)
    {
        if (message.SenderId == profileId)
            return null;
        var mine = membership.Ranks[profileId];
        if (mine.CheckRank(MessageCapabilities.DeleteOthers) is { } refused)
            return refused;
        // A sender who is gone ranks below everybody.
        return membership.Ranks.TryGetValue(message.SenderId, out var senders) && senders >= mine
            ? MembershipProblems.MemberRank
            : null;
    }
}
