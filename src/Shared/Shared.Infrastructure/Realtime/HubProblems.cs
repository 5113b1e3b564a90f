using System.Collections.Concurrent;
using System.Reflection;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Infrastructure.Web;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Shared.Infrastructure.Realtime;

/// <summary>The scope that a hub method needs.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresScopeAttribute(string scope) : Attribute
{
    public string Scope => scope;
}

/// <summary>
/// Checks the scope of every hub method, and answers every fault with the problem that REST would answer, as the message of a
/// <see cref="HubException"/>. Awaits nothing before the method itself, so that sends keep their order.
/// </summary>
public sealed partial class HubProblems(ILogger<HubProblems> log) : IHubFilter
{
    private readonly ConcurrentDictionary<MethodInfo, string> scopes = new();

    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        object? answer;
        try
        {
            var scope = scopes.GetOrAdd(invocationContext.HubMethod, static method =>
                method.GetCustomAttribute<RequiresScopeAttribute>()?.Scope
                ?? throw new InvalidOperationException($"{method.Name} names no scope."));
            if (!invocationContext.Context.Connection().Caller.Has(scope))
                throw new ProblemException(Problems.ScopeMissing(scope));
            answer = await next(invocationContext);
        }
        catch (Exception failure)
        {
            var problem = ProblemExceptionHandler.ToProblem(failure);
            if (problem.Status >= 500 && problem.RetryAfter is null)
                LogFault(failure, invocationContext.HubMethodName);
            throw new HubException(problem.ToJson());
        }
        return answer is IOutcome outcome
            ? outcome.Problem is { } refused ? throw new HubException(refused.ToJson()) : outcome.Value
            : answer;
    }

    [LoggerMessage(110, LogLevel.Error, "Hub method {Method} failed")]
    private partial void LogFault(Exception failure, string method);
}

/// <summary>The feed's side of a hub's caller.</summary>
public static class HubConnections
{
    public static FeedConnection Connection(this HubCallerContext context) => (FeedConnection)context.Items[typeof(FeedConnection)]!;
}
