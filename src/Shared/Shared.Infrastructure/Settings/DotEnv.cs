using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace Beat.Messaging.Shared.Infrastructure.Settings;

/// <summary>A <c>.env</c> file in the working directory: <c>NAME=value</c> a line, quotes and <c>#</c> as shells have them.</summary>
public static class DotEnv
{
    /// <summary>Adds the file below the environment, which wins; no file is no fault.</summary>
    public static void AddDotEnv(this IConfigurationBuilder configuration, string path)
    {
        if (File.Exists(path))
            configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Parse(File.ReadLines(path)) });
    }

    internal static IEnumerable<KeyValuePair<string, string?>> Parse(IEnumerable<string> lines)
    {
        foreach (var line in lines.Select(line => line.Trim()))
        {
            var assignment = line.StartsWith("export ", StringComparison.Ordinal) ? line[7..] : line;
            var separator = assignment.IndexOf('=', StringComparison.Ordinal);
            if (line.StartsWith('#') || separator <= 0)
                continue;
            yield return new(
                assignment[..separator].Trim().Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal),
                Unquote(assignment[(separator + 1)..].Trim()));
        }
    }

    private static string Unquote(string value)
    {
        if (value.Length >= 2 && value[0] is '"' or '\'' && value.IndexOf(value[0], 1) is > 0 and var end)
            return value[1..end];
        var comment = value.IndexOf(" #", StringComparison.Ordinal);
        return comment < 0 ? value : value[..comment].TrimEnd();
    }
}
