namespace Beat.Messaging.Shared.Abstractions;

/// <summary>Every problem that a client can meet: code, status and title in one place.</summary>
public static class Problems
{
    public static Problem Validation(string field, string error) =>
        Validation(new Dictionary<string, string[]> { [field] = [error] });

    public static Problem Validation(IReadOnlyDictionary<string, string[]> errors) =>
        new("validation_error", 400, "The request is not valid.",
            string.Join(" ", errors.Select(e => $"{e.Key} {string.Join(" and ", e.Value)}.")))
        { Errors = errors };

    public static Problem MalformedJson(string detail) => new("malformed_json", 400, "The body is not valid JSON.", detail);

    public static Problem MessageTooLong(int limit) =>
        new("message_too_long", 400, "The message is too long.", $"A message has at most {limit} characters (Unicode code points).")
        { Errors = new Dictionary<string, string[]> { ["content"] = [$"must have at most {limit} characters"] } };

    public static Problem Unauthorized(string? detail = null) =>
        new("unauthorized", 401, "A valid access token is needed.", detail);

    public static Problem Forbidden(string detail) => new("forbidden", 403, "This is not allowed.", detail);

    public static Problem ScopeMissing(string scope) => Forbidden($"The access token lacks the scope {scope}.");

    public static Problem RankMissing(string rank) => Forbidden($"This needs the rank {rank} in the group.");

    public static Problem MembersOnly { get; } = Forbidden("Only members may do this.");

    public static Problem MemberRank { get; } =
        new("member_rank", 403, "Your rank does not allow that.", "One acts only on members of a strictly lower rank.");

    public static Problem Kicked { get; } =
        new("kicked", 403, "You were removed from this group.", "You may come back 24 hours after the removal, or when invited.");

    public static Problem NotFound { get; } = new("not_found", 404, "There is no such route.");
    public static Problem GroupNotFound { get; } = new("group_not_found", 404, "There is no such group.");
    public static Problem UserNotFound { get; } = new("user_not_found", 404, "There is no such user.");
    public static Problem MemberNotFound { get; } = new("member_not_found", 404, "There is no such member in this group.");
    public static Problem InviteNotFound { get; } = new("invite_not_found", 404, "There is no such invite.");
    public static Problem MessageNotFound { get; } = new("message_not_found", 404, "There is no such message in this group.");
    public static Problem BorrowNotFound { get; } = new("borrow_not_found", 404, "This message is not about borrowing.");
    public static Problem NotificationNotFound { get; } = new("notification_not_found", 404, "There is no such notification.");
    public static Problem MethodNotAllowed { get; } = new("method_not_allowed", 405, "This route does not answer that method.");

    public static Problem GroupAlreadyExists { get; } =
        new("group_already_exists", 409, "You already have a group of that name.");

    public static Problem GroupWrongInput { get; } =
        new("group_wrong_input", 409, "There is nothing to change.", "Name at least one of name, description, is_public, avatar_url.");

    public static Problem MemberLowRate { get; } =
        new("member_low_rate", 409, "The last member cannot be removed.", "Leave or delete the group instead.");

    public static Problem MemberChangeSelf { get; } = new("member_c_change_self", 409, "You cannot do that to yourself.");

    public static Problem LastAdmin { get; } =
        new("last_admin", 409, "The owner cannot leave others behind.", "Transfer the group first.");

    public static Problem AlreadyMember { get; } = new("already_member", 409, "That person is a member already.");
    public static Problem InviteSelf { get; } = new("invite_self", 409, "You cannot invite yourself.");
    public static Problem InviteNotPending { get; } = new("invite_fail_accept", 409, "This invite is no longer pending.");
    public static Problem InviteExpired { get; } = new("invite_expired", 410, "This invite has expired.");

    /// <param name="allowed">The moves that the caller can make now.</param>
    public static Problem BorrowTransition(string state, IReadOnlyList<string> allowed) =>
        new("borrow_transition", 409, "That move cannot be made now.",
            allowed.Count == 0 ? $"It is {state}; there is no move for you." : $"It is {state}; you can {string.Join(", ", allowed)}.")
        { Extensions = new Dictionary<string, object?> { ["state"] = state, ["allowed"] = allowed } };

    /// <param name="profileId">Who has it; with <paramref name="dueAt"/> only for those who may see that group.</param>
    public static Problem GarmentOnLoan(Guid? profileId, DateTimeOffset? dueAt) =>
        new("garment_on_loan", 409, "This garment is on loan already.", "Its lender has accepted another request for it.")
        {
            Extensions = profileId is null ? null : new Dictionary<string, object?> { ["profile_id"] = profileId, ["due_at"] = dueAt },
        };

    public static Problem LimitReached(string detail) => new("limit_reached", 409, "A limit has been reached.", detail);

    public static Problem ResyncRequired { get; } =
        new("resync_required", 410, "Your copy of the history does not fit.", "Drop the group's history and join with null.");

    public static Problem StaleRevision { get; } =
        new("stale_revision", 412, "It has changed since you read it.", "Read it again and repeat with its ETag.");

    public static Problem PayloadTooLarge(long limit) =>
        new("payload_too_large", 413, "The body is too large.", $"A body has at most {limit} bytes.");

    public static Problem UnsupportedMediaType { get; } =
        new("unsupported_media_type", 415, "The body must be JSON.", "Send Content-Type: application/json.");

    public static Problem UnsupportedEncoding { get; } =
        new("unsupported_media_type", 415, "The body must be JSON.", "Send it as it is, without Content-Encoding.");

    public static Problem IdempotencyConflict { get; } =
        new("idempotency_conflict", 422, "Another request was sent under this id.", "Use a new client_message_id or Idempotency-Key.");

    public static Problem RateLimited(int retryAfter) =>
        new("rate_limited", 429, "Too many requests.") { RetryAfter = retryAfter };

    public static Problem Internal { get; } = new("internal_error", 500, "Something went wrong here.");

    public static Problem StoreUnavailable { get; } =
        new("store_unavailable", 503, "The service cannot store this now.", "Repeat it; nothing is doubled.") { RetryAfter = 1 };

    public static Problem IdentityUnavailable { get; } =
        new("identity_unavailable", 503, "Tokens cannot be checked now.") { RetryAfter = 5 };
}
