namespace Beat.Messaging.Shared.Abstractions;

/// <summary>
/// The problems that every module may answer, as their kinds: code, status and title. A refusal adds its own detail
/// (<see cref="Problem.WithDetail"/>). What only one module refuses is in that module's own <c>…Problems</c>.
/// </summary>
public static class Problems
{
    public static Problem ValidationError { get; } = new("validation_error", 400, "The request is not valid.");
    public static Problem MalformedJson { get; } = new("malformed_json", 400, "The body is not valid JSON.");
    public static Problem Unauthorized { get; } = new("unauthorized", 401, "A valid access token is needed.");
    public static Problem Forbidden { get; } = new("forbidden", 403, "This is not allowed.");
    public static Problem NotFound { get; } = new("not_found", 404, "There is no such route.");
    public static Problem MethodNotAllowed { get; } = new("method_not_allowed", 405, "This route does not answer that method.");
    public static Problem LimitReached { get; } = new("limit_reached", 409, "A limit has been reached.");

    public static Problem StaleRevision { get; } =
        new("stale_revision", 412, "It has changed since you read it.", "Read it again and repeat with its ETag.");

    public static Problem PayloadTooLarge { get; } = new("payload_too_large", 413, "The body is too large.");

    public static Problem UnsupportedMediaType { get; } =
        new("unsupported_media_type", 415, "The body must be JSON.", "Send Content-Type: application/json.");

    public static Problem UnsupportedEncoding { get; } =
        new("unsupported_media_type", 415, "The body must be JSON.", "Send it as it is, without Content-Encoding.");

    public static Problem IdempotencyConflict { get; } =
        new("idempotency_conflict", 422, "Another request was sent under this id.",
            "Use a new client_message_id or Idempotency-Key.");

    public static Problem RateLimited { get; } = new("rate_limited", 429, "Too many requests.");
    public static Problem Internal { get; } = new("internal_error", 500, "Something went wrong here.");

    public static Problem StoreUnavailable { get; } =
        new("store_unavailable", 503, "The service cannot store this now.", "Repeat it; nothing is doubled.") { RetryAfter = 1 };

    public static Problem IdentityUnavailable { get; } =
        new("identity_unavailable", 503, "Tokens cannot be checked now.") { RetryAfter = 5 };

    public static Problem Validation(string field, string error) =>
        Validation(new Dictionary<string, string[]> { [field] = [error] });

    public static Problem Validation(IReadOnlyDictionary<string, string[]> errors) => ValidationError with
    {
        Detail = string.Join(" ", errors.Select(e => $"{e.Key} {string.Join(" and ", e.Value)}.")),
        Errors = errors,
    };

    public static Problem ScopeMissing(string scope) => Forbidden.WithDetail($"The access token lacks the scope {scope}.");
}
