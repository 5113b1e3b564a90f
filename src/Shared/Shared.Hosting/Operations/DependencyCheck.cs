using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Beat.Messaging.Shared.Hosting.Operations;

/// <summary>Asks something outside this process that it needs whether it is there.</summary>
public sealed class DependencyCheck(Func<CancellationToken, Task<HealthCheckResult>> check) : IHealthCheck
{
    /// <summary>Of a dependency without which, and without all others of this tag, there is nothing left to serve.</summary>
    public const string Store = "store";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1.5);

    /// <summary>A dependency as <c>/health/ready</c> asks for it.</summary>
    /// <param name="name">E.g. <c>mongodb</c>.</param>
    /// <param name="check">Completes when it answers; throws, with the reason for an operator, when it does not.</param>
    /// <param name="tags">See <see cref="Store"/>.</param>
    public static HealthCheckRegistration Of(
        string name, Func<IServiceProvider, CancellationToken, Task> check, params string[] tags) => Of(
        name,
        async (provider, ct) =>
        {
            await check(provider, ct);
            return HealthCheckResult.Healthy();
        },
        tags);

    /// <summary>Same, for one that can be in between.</summary>
    public static HealthCheckRegistration Of(
        string name, Func<IServiceProvider, CancellationToken, Task<HealthCheckResult>> check, params string[] tags) =>
        new(name, provider => new DependencyCheck(ct => check(provider, ct)), failureStatus: null, tags);

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // Not every driver ends when it is told to.
            return await check(cancellationToken).WaitAsync(Timeout, cancellationToken);
        }
        catch (Exception away) when (!cancellationToken.IsCancellationRequested)
        {
            // Drivers wrap what happened; the innermost says it.
            return new HealthCheckResult(context.Registration.FailureStatus, away.GetBaseException().Message);
        }
    }
}
