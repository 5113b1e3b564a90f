using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Beat.Messaging.Shared.Hosting.Settings;

/// <summary>Typed reading that collects faults instead of stopping at the first. An empty value is an absent one.</summary>
public sealed class SettingsReader(IConfiguration configuration)
{
    /// <summary>What is wrong so far, one sentence each.</summary>
    public IList<string> Faults { get; } = new List<string>();

    /// <summary>The first of these settings that is present.</summary>
    public string? Text(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (configuration[name]?.Trim() is { Length: > 0 } value)
                return value;
        return null;
    }

    /// <summary>What <paramref name="because"/> is of no use without.</summary>
    public string? Required(string because, params string[] names)
    {
        var value = Text(names);
        if (value is null)
            Faults.Add($"{because} is set, so {string.Join(" or ", names)} is needed too.");
        return value;
    }

    /// <summary>A whole number between two bounds, both included.</summary>
    /// <param name="otherwise">Where it is absent.</param>
    public int Number(string name, int otherwise, int least, int most)
    {
        if (Text(name) is not { } text)
            return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
            && number <= most)
            return number;
        Faults.Add($"{name} is \"{text}\", but must be a whole number from {least} to {most}.");
        return otherwise;
    }

    public int Port(string name, int otherwise) => Number(name, otherwise, 1, 65_535);

    /// <summary>A server of the platform, given as a port of this machine or as a URL.</summary>
    /// <param name="path">Taken when the URL names none.</param>
    public Uri? ServerUrl(string name, string path)
    {
        if (Text(name) is not { } text)
            return null;
        if (!Uri.TryCreate(IsPort(text) ? $"http://localhost:{text}" : text, UriKind.Absolute, out var url)
            || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
        {
            Faults.Add($"{name} must be a port or a URL, e.g. http://localhost:4001.");
            return null;
        }
        return url.AbsolutePath == "/" ? new Uri(url, path) : url;
    }

    /// <summary>A list, as a section of its own or separated by commas.</summary>
    public IReadOnlyList<string> Origins(string name)
    {
        var values = configuration.GetSection(name).GetChildren().Select(child => child.Value)
            .Append(configuration[name])
            .SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .ToList();
        foreach (var value in values.Where(value => !IsOrigin(value)))
            Faults.Add($"{name} holds \"{value}\", but must hold origins such as https://chat.example.");
        return [.. values.Select(value => value.TrimEnd('/'))];

        static bool IsOrigin(string value) =>
            Uri.TryCreate(value, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            && uri.GetLeftPart(UriPartial.Authority) == value.TrimEnd('/');
    }

    public static bool IsPort(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0;

    public static bool IsHostAndPort(string text) =>
        text.LastIndexOf(':') is > 0 and var colon && IsPort(text[(colon + 1)..]);
}
