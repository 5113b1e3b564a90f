using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Beat.Messaging.Architecture.Tests;

/// <summary>Shared knows no feature.</summary>
public sealed partial class SharedTests
{
    [Fact]
    public void Shared_references_only_Shared() => Assert.All(
        Solution.Sources("src/Shared", "*.csproj").SelectMany(project => XDocument.Load(project).Descendants("ProjectReference")),
        reference => Assert.StartsWith("Shared.", Path.GetFileName(reference.Attribute("Include")!.Value), StringComparison.Ordinal));

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
