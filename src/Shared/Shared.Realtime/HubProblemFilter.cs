using System.Reflection;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Hosting.Auth;
using Beat.Messaging.Shared.Hosting.Web;

namespace Beat.Messaging.Shared.Realtime;

/// <summary>
/// Runs around every hub method: checks its scope, and answers every fault with the problem that REST would answer, as the
/// message of a <see cref="HubException"/>. A method that returns a <see cref="Result{T}"/> answers its value or its problem.
/// Nothing is awaited before the method itself, so that invocations reach it in the order in which the client sent them.
/// </summary>
internal sealed partial class HubProblemFilter(DeletedProfiles deleted, ILogger<HubProblemFilter> log) : IHubFilter
{
    private static readonly ConcurrentDictionary<MethodInfo, string> RequiredScopes = new();

    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        object? answer;
        try
        {
            var scope = RequiredScopes.GetOrAdd(invocationContext.HubMethod, RequiresScopeAttribute.Of);
            var caller = invocationContext.Context.Connection().Caller;
            // What was on its way when the connection was closed.
            if (deleted.Contains(caller.ProfileId))
                throw new ProblemException(Problems.Unauthorized);
            if (!caller.Has(scope))
                throw new ProblemException(Problems.ScopeMissing(scope));
            answer = await next(invocationContext);
        }
        // The client has gone: nobody reads an answer.
        catch (OperationCanceledException) when (invocationContext.Context.ConnectionAborted.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception fault)
        {
            var problem = ProblemExceptionHandler.ToProblem(fault);
            if (problem.Status == 500)
                LogFault(fault, invocationContext.HubMethodName);
            else if (problem.Status == 503)
                LogUnavailable(fault, invocationContext.HubMethodName);
            throw new HubException(problem.ToJson());
        }
        return answer is IOutcome outcome
            ? outcome.Problem is { } refused ? throw new HubException(refused.ToJson()) : outcome.Value
            : answer;
    }

    [LoggerMessage(110, LogLevel.Error, "Hub method {Method} failed")]
    private partial void LogFault(Exception fault, string method);

    [LoggerMessage(111, LogLevel.Warning, "Hub method {Method} found a dependency away")]
    private partial void LogUnavailable(Exception fault, string method);
}

/// <summary>The scope that a hub method needs.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresScopeAttribute(string scope) : Attribute
{
    public string Scope => scope;

    /// <exception cref="InvalidOperationException">It names none.</exception>
    internal static string Of(MethodInfo method) =>
        method.GetCustomAttribute<RequiresScopeAttribute>()?.Scope
        ?? throw new InvalidOperationException($"The hub method {method.Name} names no scope.");
}
