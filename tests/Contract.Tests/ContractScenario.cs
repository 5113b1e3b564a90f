using Beat.Messaging.Shared.Events;

namespace Beat.Messaging.Contract.Tests;

/// <summary>
/// A running service in which every module's story was told, each with people and groups of its own; what was pushed and mirrored
/// because of it.
/// </summary>
public sealed class ContractScenario : IAsyncLifetime
{
    private readonly Dictionary<string, (Story Story, Exception? Failure)> stories = [];

    public Service Service { get; private set; } = null!;

    /// <summary>The records that the service wrote to Kafka, by topic.</summary>
    public IReadOnlyList<(string Topic, JsonNode Record)> Mirrored { get; private set; } = [];

    /// <summary>What a module's story kept. Throws what it failed with.</summary>
    public Story Of(string module)
    {
        var (story, failure) = stories[module];
        return failure is null
            ? story
            : throw new InvalidOperationException($"The story of {Scenarios.FileOf(module)} failed: {failure.Message}", failure);
    }

    public async Task InitializeAsync()
    {
        Service = await Service.Start(isPatient: true, dataFolder: null);
        // One after the other: a busy machine is late with what siblings copy when all begin at once.
        foreach (var scenario in Scenarios.All)
        {
            var story = new Story(Service, scenario.Views);
            stories[scenario.Module] = (story, null);
            try
            {
                await scenario.Tell(story);
            }
            catch (Exception failure)
            {
                // One module's failure is for its own tests to tell.
                stories[scenario.Module] = (story, failure);
            }
        }
        await Until.True(
            async () => (await Service.Services.GetRequiredService<EventBacklog>().Read(default)).All(owed => owed.Depth == 0),
            "all events to be mirrored");
        foreach (var topic in EventTests.Mirrored.Select(registered => registered.Topic).Distinct())
        {
            var read = await KafkaProbe.ReadAll(Service.Kafka, topic);
            Mirrored = [.. Mirrored,
                .. read.Where(record => (string?)record["value"]!["metadata"]?["source"] == "messaging_service")
                    .Select(record => (topic, record))];
        }
    }

    public async Task DisposeAsync() => await Service.DisposeAsync();
}

[CollectionDefinition(nameof(ContractScenario))]
public sealed class StoryCollection : ICollectionFixture<ContractScenario>;
