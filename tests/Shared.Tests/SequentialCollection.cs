namespace Beat.Messaging.Shared.Tests;

/// <summary>
/// Tests of limits that are promised in seconds: they run while no other test does, so that they measure the service and not its
/// neighbours.
/// </summary>
[CollectionDefinition(nameof(SequentialCollection), DisableParallelization = true)]
public sealed class SequentialCollection;
