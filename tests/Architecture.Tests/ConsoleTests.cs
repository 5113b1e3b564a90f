namespace Beat.Messaging.Architecture.Tests;

/// <summary>The console's modules import each other in one direction, and each of them is used.</summary>
public sealed class ConsoleTests
{
    private const string Folder = "src/Host/wwwroot/console";

    [Fact]
    public void No_module_imports_itself_by_way_of_others() => Assert.Empty(Circle(ReadImports()));

    [Fact]
    public void A_circle_of_imports_is_found()
    {
        var imports = ReadImports();
        // api.js, which imports nothing, is imported by all that speak to the service.
        imports["api.js"] = [.. imports["api.js"], "console.js"];

        var circle = Circle(imports);

        Assert.Equal(circle[0], circle[^1]);
        Assert.Contains("console.js", circle);
    }

    [Fact]
    public void Every_module_is_imported_by_way_of_the_first()
    {
        var imports = ReadImports();
        var reached = new HashSet<string>(StringComparer.Ordinal);
        Reach("console.js");
        Assert.Equal(imports.Keys.Order(StringComparer.Ordinal), reached.Order(StringComparer.Ordinal));

        void Reach(string file)
        {
            if (reached.Add(file))
                foreach (var imported in imports[file])
                    Reach(imported);
        }
    }

    /// <summary>A push under a misspelled name would be ignored without a word.</summary>
    [Fact]
    public void Each_push_that_the_console_handles_is_one_of_the_service()
    {
        var documented = File.ReadAllText(Path.Combine(Solution.Root, "docs/realtime.md"));
        var handled = Regex.Matches(
            File.ReadAllText(Path.Combine(Solution.Root, Folder, "pushes.js")), @"^  (?<name>[A-Z]\w+):", RegexOptions.Multiline)
            .Select(match => match.Groups["name"].Value);
        Assert.NotEmpty(handled);
        Assert.All(handled, name => Assert.Contains($"`{name}", documented, StringComparison.Ordinal));
    }

    private static Dictionary<string, string[]> ReadImports() => Solution.Sources(Folder, "*.js").ToDictionary(
        path => Path.GetFileName(path),
        path => Regex.Matches(
            File.ReadAllText(path), @"^(?:import|export)\b[^;]*?from\s+'\./(?<file>[^']+)'", RegexOptions.Multiline)
            .Select(match => match.Groups["file"].Value)
            .ToArray());

    /// <summary>Returns the files of a circle, ending with the one that it begins with; empty when there is none.</summary>
    private static List<string> Circle(Dictionary<string, string[]> imports)
    {
        var path = new List<string>();
        var done = new HashSet<string>(StringComparer.Ordinal);
        return imports.Keys.Select(Visit).FirstOrDefault(circle => circle.Count > 0) ?? [];

        List<string> Visit(string file)
        {
            if (path.Contains(file))
                return [.. path[path.IndexOf(file)..], file];
            if (!done.Add(file))
                return [];
            path.Add(file);
            foreach (var imported in imports[file])
                if (Visit(imported) is { Count: > 0 } circle)
                    return circle;
            path.RemoveAt(path.Count - 1);
            return [];
        }
    }
}
