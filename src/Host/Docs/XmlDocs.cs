using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Beat.Messaging.Host.Docs;

/// <summary>The comments of the code, from the files that the compiler puts beside each assembly.</summary>
internal static partial class XmlDocs
{
    private static readonly ConcurrentDictionary<Assembly, Dictionary<string, XElement>> Files = new();

    public static string? Summary(Type type) => Text(Find(type, $"T:{type.FullName}")?.Element("summary"));

    /// <summary>What is said of a property, or of the record's parameter that made it.</summary>
    public static string? Parameter(JsonPropertyInfo property)
    {
        var (type, name) = (property.DeclaringType, (property.AttributeProvider as MemberInfo)?.Name);
        return Text(Find(type, $"P:{type.FullName}.{name}")?.Element("summary"))
            ?? Text(Find(type, $"T:{type.FullName}")?.Elements("param")
                .FirstOrDefault(param => (string?)param.Attribute("name") == name));
    }

    private static XElement? Find(Type type, string member) => Files.GetOrAdd(type.Assembly, static assembly =>
    {
        var file = Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml");
        return File.Exists(file)
            ? XDocument.Load(file).Descendants("member").ToDictionary(m => (string)m.Attribute("name")!)
            : [];
    }).GetValueOrDefault(member);

    /// <summary>Markdown on one line.</summary>
    private static string? Text(XElement? comment)
    {
        if (comment is null)
            return null;
        var text = string.Concat(comment.Nodes().Select(node => node switch
        {
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement element when (string?)element.Attribute("cref") is { } cref => $"`{cref[(cref.LastIndexOf('.') + 1)..]}`",
            XElement { Name.LocalName: "paramref" } parameter =>
                $"`{JsonNamingPolicy.SnakeCaseLower.ConvertName((string)parameter.Attribute("name")!)}`",
            XElement element => element.Value,
            var other => other.ToString(System.Xml.Linq.SaveOptions.DisableFormatting),
        }));
        return OnOneLine(System.Net.WebUtility.HtmlDecode(text));
    }

    public static string OnOneLine(string text) => WhiteSpace().Replace(text, " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
