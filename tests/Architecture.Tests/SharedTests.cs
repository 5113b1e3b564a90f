using System.Xml.Linq;

namespace Beat.Messaging.Architecture.Tests;

/// <summary>Shared knows no feature.</summary>
public sealed partial class SharedTests
{
    [Fact]
    public void Shared_references_only_Shared() => Assert.All(
        Solution.Sources("src/Shared", "*.csproj").SelectMany(project => XDocument.Load(project).Descendants("ProjectReference")),
        reference => Assert.StartsWith("Shared.", Path.GetFileName(reference.Attribute("Include")!.Value), StringComparison.Ordinal));

    /// <summary>Events and realtime do not know each other; both rest on hosting, and all on the abstractions.</summary>
    [Theory]
    [InlineData("Shared.Abstractions", "")]
    [InlineData("Shared.Hosting", "Shared.Abstractions")]
    [InlineData("Shared.Events", "Shared.Abstractions Shared.Hosting")]
    [InlineData("Shared.Realtime", "Shared.Abstractions Shared.Hosting")]
    public void A_project_of_Shared_sees_only_what_it_rests_on(string project, string seen) => Assert.Equal(
        seen.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        XDocument.Load(Path.Combine(Solution.Root, "src/Shared", project, $"{project}.csproj")).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)).Order());

    [Fact]
    public void Every_project_of_Shared_has_its_rule() => Assert.Equal(
        ["Shared.Abstractions", "Shared.Events", "Shared.Hosting", "Shared.Realtime"],
        Directory.GetDirectories(Path.Combine(Solution.Root, "src/Shared")).Select(folder => Path.GetFileName(folder)).Order());

    [Fact]
    public void Abstractions_need_no_package() => Assert.All(
        Solution.Sources("src/Shared/Shared.Abstractions", "*.csproj").SelectMany(project => XDocument.Load(project).Descendants("PackageReference")),
        package => Assert.StartsWith("Microsoft.Extensions.", package.Attribute("Include")!.Value, StringComparison.Ordinal));

    /// <summary>
    /// No word of a type's name is the singular of a module's name, nor one of the things that modules are about. A word counts only
    /// whole: the product's own name, <c>Messaging</c>, is none. Three uses are another meaning: the feed's <c>Group</c> is whoever
    /// listens to one id, <c>HubMessage</c>, <c>KafkaMessage</c> and <c>NodeMessage</c> are the transport's, and <c>…Settings</c> name a
    /// section of the configuration, since all settings are read and checked in one place.
    /// </summary>
    [Fact]
    public void No_type_of_Shared_is_named_after_a_feature()
    {
        string[] nouns =
        [
            .. Solution.ModuleFolders.Select(module => module.TrimEnd('s')),
            "User", "Role", "Rank", "Owner", "Garment", "Borrow", "Loan", "Chat", "Reaction", "Point", "Points",
        ];
        string[] otherMeanings = ["FeedGroup", "GroupFeed", "HubMessage", "KafkaMessage", "NodeMessage"];
        var named =
            from type in Solution.Shared.SelectMany(assembly => assembly.Written())
            where !type.Name.EndsWith("Settings", StringComparison.Ordinal)
            let name = otherMeanings.Aggregate(type.Name.Split('`')[0], (rest, other) => rest.Replace(other, "", StringComparison.Ordinal))
            where Word().Matches(name).Any(word => nouns.Contains(word.Value) || nouns.Contains(word.Value.TrimEnd('s')))
            select type.Name;
        Assert.Empty(named);
    }

    [GeneratedRegex("[A-Z][a-z0-9]*")]
    private static partial Regex Word();
}
