using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Beat.Messaging.Architecture.Tests;

/// <summary>Shared knows no feature.</summary>
public sealed partial class SharedTests
{
    [Fact]
    public void Shared_references_only_Shared() => Assert.All(
        Solution.Sources("src/Shared", "*.csproj").SelectMany(project => XDocument.Load(project).Descendants("ProjectReference")),
        reference => Assert.StartsWith(
            "Shared.", Path.GetFileName(reference.Attribute("Include")!.Value), StringComparison.Ordinal));

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
        Solution.Sources("src/Shared/Shared.Abstractions", "*.csproj")
            .SelectMany(project => XDocument.Load(project).Descendants("PackageReference")),
        package => Assert.StartsWith("Microsoft.Extensions.", package.Attribute("Include")!.Value, StringComparison.Ordinal));

    /// <summary>
    /// The things that modules are about. A word counts only whole, in the singular or the plural: the product's own name,
    /// <c>Messaging</c>, is none.
    /// </summary>
    private static readonly HashSet<string> Features =
    [
        .. Solution.ModuleFolders.Select(module => module.TrimEnd('s')),
        "User", "Role", "Rank", "Owner", "Admin", "Roster", "Garment", "Borrow", "Loan", "Chat", "Reaction", "Mention", "Point",
        "Ledger", "Leaderboard",
    ];

    /// <summary>Words that mean something else here; all that is left of the names is looked at.</summary>
    private static readonly (string Words, string Because)[] OtherMeanings =
    [
        ("GroupFeed", "a group of the feed is whoever listens to one id"),
        ("FeedGroup", "the same"),
        ("HasSubscribers", "the same"),
        ("SubscribedGroups", "the same"),
        ("GroupId", "the same: the id that is listened to"),
        ("KafkaMessage", "a record of Kafka"),
        ("NodeMessage", "what nodes tell each other"),
        ("KafkaTopic.Group", "a consumer group of Kafka"),
        ("CodePoints", "Unicode's"),
        ("Caller.Role", "the platform's role in a token, not one in a group"),
    ];

    /// <summary>Types, and what they show: fields, properties, methods, events.</summary>
    [Fact]
    public void Nothing_of_Shared_is_named_after_a_feature()
    {
        var named =
            from type in Solution.Shared.SelectMany(assembly => assembly.Written())
            let shown = type.IsVisible
                ? type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                    .Where(member => member is not (ConstructorInfo or Type or MethodInfo { IsSpecialName: true })
                        && !member.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false))
                    .Select(member => member.Name)
                : []
            from name in shown.Select(member => $"{TypeName(type)}.{member}").Prepend(TypeName(type))
            let rest = OtherMeanings.Aggregate(name, (text, other) => text.Replace(other.Words, "", StringComparison.Ordinal))
            where Word().Matches(rest).Any(word => Features.Contains(word.Value) || Features.Contains(word.Value.TrimEnd('s')))
            select name;
        Assert.Empty(named);
    }

    /// <summary>An exception that nothing needs any more is one too many.</summary>
    [Fact]
    public void Every_other_meaning_is_met()
    {
        var names = Solution.Shared.SelectMany(assembly => assembly.Written()).SelectMany(type => type
            .GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Select(member => $"{TypeName(type)}.{member.Name}")
            .Prepend(TypeName(type))).ToList();
        Assert.All(OtherMeanings, other => Assert.Contains(names, name => name.Contains(other.Words, StringComparison.Ordinal)));
    }

    private static string TypeName(Type type) => type.Name.Split('`')[0];

    [GeneratedRegex("[A-Z][a-z0-9]*")]
    private static partial Regex Word();
}
