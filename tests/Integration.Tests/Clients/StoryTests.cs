namespace Beat.Messaging.Integration.Tests.Clients;

/// <summary>
/// After everything that a module's story does, what a client holds with all pushes applied is what it would fetch
/// (<see cref="CheckedClient"/>). The same stories are told in Contract.Tests, which freeze what was pushed.
/// </summary>
public abstract class StoryTests(RunningService running)
{
    public static TheoryData<string> Modules => [.. Scenarios.All.Select(scenario => scenario.Module)];

    [SkippableTheory, MemberData(nameof(Modules))]
    public async Task What_a_client_holds_stays_right(string module)
    {
        var story = new Story(running.Service, Scenarios.Of(module).Views);
        await Scenarios.Of(module).Tell(story);
        Assert.Equal(
            Pushes.All.Where(push => push.Module == module).Select(push => push.Name).Order(),
            story.Pushes.Keys.Select(name => name.Split(' ')[0]).Distinct().Order());
    }
}

/// <inheritdoc/>
public sealed class EmbeddedStoryTests(EmbeddedService running) : StoryTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class MongoStoryTests(MongoService running) : StoryTests(running), IClassFixture<MongoService>;
