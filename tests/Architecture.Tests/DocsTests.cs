namespace Beat.Messaging.Architecture.Tests;

/// <summary>What clients and other services may rely on stands in the docs.</summary>
public sealed class DocsTests
{
    [Fact]
    public void Every_event_that_is_mirrored_is_in_the_docs() => Named(
        "docs/kafka.md", Solution.Events.Select(e => e.WireName));

    [Fact]
    public void Every_push_is_in_the_docs() => Named("docs/realtime.md", Solution.Pushes.Select(push => push.Name));

    [Fact]
    public void A_push_is_declared_once_and_by_a_name_that_reads_as_what_happened()
    {
        Assert.NotEmpty(Solution.Pushes);
        Assert.Equal(Solution.Pushes.Count, Solution.Pushes.DistinctBy(push => push.Name).Count());
        Assert.All(Solution.Pushes, push => Assert.Matches("^([A-Z][a-z]+)+$", push.Name));
    }

    private static void Named(string docs, IEnumerable<string> names)
    {
        var text = File.ReadAllText(Path.Combine(Solution.Root, docs));
        // In code, with or without its payload.
        var missing = names.Where(
            name => !text.Contains($"`{name}`", StringComparison.Ordinal)
                && !text.Contains($"`{name} ", StringComparison.Ordinal)).ToList();
        Assert.True(missing.Count == 0, $"Not in {docs}: {string.Join(", ", missing)}");
    }
}
