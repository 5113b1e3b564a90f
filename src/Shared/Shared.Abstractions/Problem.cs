namespace Beat.Messaging.Shared.Abstractions;

/// <summary>
/// Why something was refused (RFC 9457), in one shape for REST, the hub and Kafka. Without a detail it is a kind of problem, as
/// <see cref="Problems"/> and the modules list them and endpoints document them.
/// </summary>
/// <param name="Code">Stable, snake_case; the client's switch. <c>type</c> is <c>urn:beat:messaging:&lt;code&gt;</c>.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Title">The same for every problem of that code.</param>
/// <param name="Detail">About this one, for a person to read.</param>
public sealed record Problem(string Code, int Status, string Title, string? Detail = null)
{
    /// <summary>Field → what is wrong with it.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>Seconds after which a retry makes sense; with 429 and 503.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Members of one code only, e.g. <c>state</c> and <c>allowed</c>.</summary>
    public IReadOnlyDictionary<string, object?>? Extensions { get; init; }

    public string Type => $"urn:beat:messaging:{Code}";

    /// <summary>This kind of problem, with what there is to say about this one.</summary>
    public Problem WithDetail(string detail) => this with { Detail = detail };

    /// <summary>This kind of problem, with when to try again.</summary>
    public Problem RetryIn(int seconds) => this with { RetryAfter = seconds };
}

/// <summary>Thrown where a value cannot be returned: while a request is read, and by filters.</summary>
public sealed class ProblemException(Problem problem) : Exception(problem.Detail ?? problem.Title)
{
    public Problem Problem { get; } = problem;
}

/// <summary>A <see cref="Result{T}"/> whose type is not known to the reader.</summary>
public interface IOutcome
{
    Problem? Problem { get; }

    object? Value { get; }
}

/// <summary>What a use case answers: a value, or the problem that stopped it before it changed anything.</summary>
public readonly struct Result<T> : IOutcome
{
    private readonly T? value;

    private Result(T? value, Problem? problem)
    {
        this.value = value;
        Problem = problem;
    }

    public Problem? Problem { get; }

    public bool IsProblem => Problem is not null;

    /// <exception cref="ProblemException">There is a problem instead.</exception>
    public T Value => Problem is null ? value! : throw new ProblemException(Problem);

    object? IOutcome.Value => value;

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Problem problem) => new(default, problem);

    public Result<TOut> Map<TOut>(Func<T, TOut> map) => Problem is { } problem ? problem : map(value!);
}
