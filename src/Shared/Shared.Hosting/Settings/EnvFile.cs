using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace Beat.Messaging.Shared.Hosting.Settings;

/// <summary>
/// A <c>.env</c> file: <c>KEY=VALUE</c> lines with an optional <c>export</c>, comments, and values that may be quoted (over
/// several lines, too). Other lines mean nothing; nothing is expanded.
/// </summary>
internal sealed partial class EnvFile(string path) : ConfigurationProvider, IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public override void Load()
    {
        if (!File.Exists(path))
            return;
        foreach (Match line in Line().Matches(File.ReadAllText(path).ReplaceLineEndings("\n")))
            Set(line.Groups["key"].Value.Replace("__", ConfigurationPath.KeyDelimiter), ValueOf(line));
    }

    private static string ValueOf(Match line) =>
        line.Groups["double"] is { Success: true } quoted
            ? Escape().Replace(
                quoted.Value, escape => escape.Value[1] switch { 'n' => "\n", 'r' => "\r", 't' => "\t", var other => $"{other}" })
            : line.Groups["single"] is { Success: true } literal ? literal.Value : line.Groups["plain"].Value.Trim();

    [GeneratedRegex(
        """
        ^[ \t]*(?:export[ \t]+)?(?<key>[A-Za-z_][\w.:]*)[ \t]*=
        (?:[ \t]*"(?<double>(?:\\.|[^"\\])*)"|[ \t]*'(?<single>[^']*)'|(?<plain>(?:(?![ \t]\#)[^\n])*))
        [ \t]*(?:[ \t]\#[^\n]*)?$
        """,
        RegexOptions.Multiline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Line();

    [GeneratedRegex(@"\\.")]
    private static partial Regex Escape();
}

/// <summary>Reading of <c>.env</c>.</summary>
public static class EnvFileConfiguration
{
    /// <summary>Adds a <c>.env</c> file, when there is one. Real environment variables and the command line win.</summary>
    public static IConfigurationBuilder AddEnvFile(this IConfigurationBuilder configuration, string path = ".env")
    {
        var environment = configuration.Sources.LastOrDefault(
            source => source is EnvironmentVariablesConfigurationSource { Prefix: null or "" });
        var place = environment is null ? configuration.Sources.Count : configuration.Sources.IndexOf(environment);
        configuration.Sources.Insert(place, new EnvFile(Path.GetFullPath(path)));
        return configuration;
    }
}
