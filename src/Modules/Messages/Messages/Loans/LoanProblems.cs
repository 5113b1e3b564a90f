namespace Beat.Messaging.Messages.Loans;

/// <summary>What this module refuses of loans.</summary>
internal static class LoanProblems
{
    public static Problem NotFound { get; } = new("borrow_not_found", 404, "This message is not about borrowing.");

    public static Problem ImpossibleMove { get; } = new("borrow_transition", 409, "That move cannot be made now.");

    /// <summary>Without who has it, for those who may not see that group.</summary>
    public static Problem GarmentOnLoan { get; } =
        new("garment_on_loan", 409, "This garment is on loan already.", "Its lender has accepted another request for it.");

    /// <param name="allowed">The moves that the caller can make now.</param>
    public static Problem ImpossibleMoveFrom(string state, IReadOnlyList<string> allowed) => ImpossibleMove with
    {
        Detail = allowed.Count == 0
            ? $"It is {state}; there is no move for you."
            : $"It is {state}; you can {string.Join(", ", allowed)}.",
        Extensions = new Dictionary<string, object?> { ["state"] = state, ["allowed"] = allowed },
    };

    /// <param name="profileId">Who has it.</param>
    public static Problem GarmentOnLoanTo(Guid? profileId, DateTimeOffset? dueAt) =>
        profileId is null ? GarmentOnLoan : GarmentOnLoan with
        {
            Extensions = new Dictionary<string, object?> { ["profile_id"] = profileId, ["due_at"] = dueAt },
        };
}
