namespace Beat.Messaging.Shared.Hosting.Operations;

/// <summary>Something outside this process that it needs, as <c>/health/ready</c> asks for it.</summary>
public interface IDependencyCheck
{
    /// <summary>E.g. <c>mongodb</c>.</summary>
    string Name { get; }

    /// <summary>Completes when it answers; throws, with the reason for an operator, when it does not.</summary>
    Task Check(CancellationToken ct);
}

/// <summary>One that is made of a function.</summary>
public sealed class DependencyCheck(string name, Func<CancellationToken, Task> check) : IDependencyCheck
{
    public string Name => name;

    public Task Check(CancellationToken ct) => check(ct);
}
