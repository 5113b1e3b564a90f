using Beat.Messaging.Members.Replica;
using Beat.Messaging.Messages.Events;
using Beat.Messaging.Messages.Loans;
using Beat.Messaging.Shared.Events;
using Beat.Messaging.Shared.Hosting.Auth;
using Beat.Messaging.Shared.Hosting.Time;
using Carter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Beat.Messaging.Messages.MoveLoan;

/// <summary>What goes with a move.</summary>
internal sealed record ActOnBorrowRequest
{
    /// <summary>
    /// When the garment is to come back; with `accept` and `hand_over`. 14 days from the hand-over where nobody says.
    /// </summary>
    public DateTimeOffset? DueAt { get; init; }
}

/// <summary>One of the two: the whole message for members, the loan for a party who is none any more.</summary>
internal sealed record ActedOn(MessageResponse? Message, LoanResponse? Loan);

internal sealed class MoveLoanEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/groups/{id}/messages/{message_id}/borrow/{action}", Handle)
        .RequireScope(MessageScopes.View)
        .WithName("ActOnBorrow").WithTags("Borrowing")
        .WithSummary("Move a loan")
        .WithDescription(
            "`accept` (the counterparty), `decline` (the named lender), `withdraw` (the sender) while it is open; `hand_over` (the lender), `cancel` "
            + "(either) once accepted; `return` (the lender), `dispute` (either) once handed over. Again by the same person is 200 again. "
            + "The parties of a running loan keep their moves when they are no longer members; they are answered with the loan instead of the message.")
        .Refuses(
            MembershipProblems.GroupNotFound, Problems.Forbidden, MessageProblems.NotFound, LoanProblems.NotFound,
            LoanProblems.ImpossibleMove, LoanProblems.GarmentOnLoan, Problems.StoreUnavailable);

    private static async Task<Results<Ok<LoanResponse>, Ok<MessageResponse>, ProblemHttpResult>> Handle(
        Guid id, [FromRoute(Name = "message_id")] Guid messageId, string action, Body<ActOnBorrowRequest> body, MoveLoan act,
        Caller caller, CancellationToken ct)
    {
        var acted = await act.Run(id, messageId, action, body.Value, caller, ct);
        return acted.Problem is { } problem ? problem.ToResult()
            : acted.Value.Loan is { } loan ? TypedResults.Ok(loan)
            : TypedResults.Ok(acted.Value.Message!);
    }
}

/// <summary>One handler behind REST and the hub.</summary>
internal sealed class MoveLoan(
    MembershipCache memberships, IMessageHistory messages, ModuleStore<MessagesContext> store, InlineDeliveries deliveries,
    LoanSettings settings, TimeProvider time)
{
    public async Task<Result<ActedOn>> Run(
        Guid groupId, Guid messageId, string name, ActOnBorrowRequest request, Caller caller, CancellationToken ct)
    {
        if (!LoanRules.TryRead(name, out var action))
            return Problems.Validation("action", $"must be one of {string.Join(", ", LoanRules.Names)}");
        if (request.DueAt is not null && action is not (BorrowAction.Accept or BorrowAction.HandOver))
            return Problems.Validation("due_at", "is for accept and hand_over");
        var outside = (await memberships.RequireMember(groupId, caller.ProfileId)).Problem;
        Message? message = null;
        if (outside is null)
        {
            message = await messages.Get(groupId, messageId);
            if (message is null)
                return MessageProblems.NotFound;
            if (message.Borrow is null)
                return LoanProblems.NotFound;
        }

        var moved = await store.Write<(Loan Loan, bool IsRepeat)>(async db =>
        {
            var loan = await db.LockLoan(groupId, messageId, ct);
            // Whoever is out of the group may go on with what runs, and with nothing else.
            if (outside is not null
                && (loan is null or { State: BorrowState.Open } || loan.PartOf(caller.ProfileId) == LoanParty.Member))
                return outside;
            var now = time.Now();
            loan ??= await db.OpenLoan((BorrowMessageSent)MessageEventFactory.Created(message!), settings.ExpiresIn, now, ct);
            if (loan.Moves.Exists(move => move.Action == action && move.ActorId == caller.ProfileId))
                return (loan, true);
            if (request.DueAt <= now)
                return Problems.Validation("due_at", "must be in the future");
            // Its row may be older than that rule, or made just now.
            if (message is { DeletedAt: not null })
                loan.TryMove(
                    db, BorrowAction.Withdraw, LoanParty.Service, actorId: null, now, reason: CloseReasons.MessageDeleted);
            var part = loan.PartOf(caller.ProfileId);
            if (loan.After(action, part) is null)
                return loan.ToTransitionProblem(caller.ProfileId);
            if (action == BorrowAction.Accept && await db.RunningBeside(loan, loan.LenderId ?? caller.ProfileId, ct) is { } other)
            {
                return await db.RankOf(other.GroupId, caller.ProfileId, ct) is null
                    ? LoanProblems.GarmentOnLoan
                    : LoanProblems.GarmentOnLoanTo(other.BorrowerId, other.DueAt);
            }
            loan.TryMove(db, action, part, caller.ProfileId, now, request.DueAt);
            return (loan, false);
        }, ct);
        if (moved.IsProblem)
            return moved.Problem!;
        if (moved.Value.IsRepeat)
            await deliveries.WaitUntilDelivered(groupId, ct);
        if (outside is not null)
            return new ActedOn(null, LoanResponse.Of(moved.Value.Loan, time.GetUtcNow()));
        // The move was delivered inline: this is its revision.
        message = await messages.Get(groupId, messageId) ?? message!;
        return new ActedOn(MessageResponse.Of(message, moved.Value.Loan, time.GetUtcNow()), null);
    }
}
