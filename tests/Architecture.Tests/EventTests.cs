namespace Beat.Messaging.Architecture.Tests;

/// <summary>Every event has one owner and one name.</summary>
public sealed partial class EventTests
{
    [Fact]
    public void Every_event_type_is_registered_once_by_the_module_whose_contract_it_is()
    {
        var contracts = Solution.ModuleFolders.SelectMany(module => Solution.Contracts(module).Written()
            .Where(type => type.IsAssignableTo(typeof(IIntegrationEvent)))
            .Select(type => (Module: module.ToLowerInvariant(), type.Name)));
        Assert.NotEmpty(Solution.Events);
        Assert.Equal(contracts.Order(), Solution.Events.Select(e => (e.Module, e.Type.Name)).Order());
    }

    [Fact]
    public void No_event_is_declared_outside_of_contracts() => Assert.DoesNotContain(
        Solution.ModuleFolders.Select(Solution.Module).Concat(Solution.Shared).Append(typeof(Host.Modules).Assembly)
            .SelectMany(assembly => assembly.Written()),
        type => type.IsClass && type.IsAssignableTo(typeof(IIntegrationEvent)));

    [Fact]
    public void Wire_names_are_unique_and_in_snake_case()
    {
        Assert.Equal(Solution.Events.Count, Solution.Events.DistinctBy(e => e.WireName).Count());
        Assert.All(Solution.Events, e => Assert.Matches("^[a-z]+(_[a-z]+)+$", e.WireName));
    }

    /// <summary>A renamed class must not rename what others read.</summary>
    [Fact]
    public void Wire_names_are_written_out_where_the_event_is_registered()
    {
        var written = Solution.Sources("src/Modules", "*Module.cs")
            .SelectMany(path => Registration().Matches(File.ReadAllText(path)))
            .Select(match => (match.Groups["type"].Value, match.Groups["name"].Value));
        Assert.Equal(Solution.Events.Select(e => (e.Type.Name, e.WireName)).Order(), written.Order());
    }

    [Fact]
    public void Topics_are_those_of_the_contracts()
    {
        var topics = Solution.ConstantsOf("Topics");
        Assert.NotEmpty(topics);
        Assert.All(Solution.Events, e => Assert.Contains(e.Topic, topics));
    }

    /// <summary>
    /// Deliveries that are stored name their subscriber: where another class does its work by now, the name stays.
    /// </summary>
    [Theory]
    [InlineData("invites.OnGroupDeleted")]
    public void A_name_that_is_stored_outlives_its_class(string subscriber) =>
        Assert.Contains(Solution.Subscriptions, s => s.Name == subscriber);

    [GeneratedRegex("""\.Publishes<(?<type>\w+)>\(\s*"(?<name>[^"]+)",""")]
    private static partial Regex Registration();
}
