using Beat.Messaging.Messages.Loans;
using Beat.Messaging.Shared.Hosting.Auth;
using Carter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Beat.Messaging.Messages.ListBorrows;

internal sealed class ListBorrowsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/borrows", Handle)
        .RequireScope(MessageScopes.View)
        .WithName("ListBorrows").WithTags("Borrowing")
        .WithSummary("List my loans")
        .WithDescription(
            "Across groups, also those that I left since; newest first. `role` is `lender` or `borrower`, both unless told; `state` narrows it to one state.");

    private static async Task<Results<Ok<Page<LoanResponse>>, ProblemHttpResult>> Handle(
        string? role, string? state, [AsParameters] PageRequest page, ListBorrows list, Caller caller, CancellationToken ct) =>
        (await list.Run(caller, role, state, page, ct)).ToOk();
}

internal sealed class ListBorrows(ModuleStore<MessagesContext> store, Cursors cursors, TimeProvider time)
{
    private static readonly Dictionary<string, BorrowState> States = Enum.GetValues<BorrowState>().ToDictionary(LoanRules.NameOf);

    public Task<Result<Page<LoanResponse>>> Run(
        Caller caller, string? role, string? state, PageRequest page, CancellationToken ct) =>
        store.Read<Result<Page<LoanResponse>>>(async db =>
        {
            var me = caller.ProfileId;
            var mine = role switch
            {
                null => db.Loans.Where(l => l.LenderId == me || l.BorrowerId == me),
                "lender" => db.Loans.Where(l => l.LenderId == me),
                "borrower" => db.Loans.Where(l => l.BorrowerId == me),
                _ => null,
            };
            if (mine is null)
                return Problems.Validation("role", "must be one of lender, borrower");
            if (state is not null)
            {
                if (!States.TryGetValue(state, out var wanted))
                    return Problems.Validation("state", $"must be one of {string.Join(", ", States.Keys)}");
                mine = mine.Where(l => l.State == wanted);
            }
            var found = await mine.AsNoTracking().Include(l => l.Moves)
                .ToPage(page, cursors.Of("borrows", me, role, state), l => l.InsertedAt, l => l.Id, descending: true, ct);
            var now = time.GetUtcNow();
            return found.Map(loans => loans.Map(loan => LoanResponse.Of(loan, now)));
        });
}
