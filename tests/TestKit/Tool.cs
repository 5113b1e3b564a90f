using System.Diagnostics;
using Xunit;

namespace Beat.Messaging.TestKit;

/// <summary>A program on this machine that a suite needs.</summary>
public static class Tool
{
    /// <summary>
    /// Skips the test, by name and reason, when the program is not installed; fails where <c>BEAT_TESTS_REQUIRE</c> names it.
    /// </summary>
    public static void Require(string program)
    {
        var isThere = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));
        Require(program, isThere, $"{program} is not installed");
    }

    /// <inheritdoc cref="Require(string)"/>
    public static void Require(string program, bool isThere, string reason)
    {
        var isDemanded = (Environment.GetEnvironmentVariable("BEAT_TESTS_REQUIRE") ?? "").Split(',').Contains(program);
        Assert.True(isThere || !isDemanded, reason);
        Skip.IfNot(isThere, reason);
    }

    /// <summary>Runs it to its end.</summary>
    /// <returns>What it wrote to stdout.</returns>
    public static async Task<string> Run(
        string program, IEnumerable<string> arguments, string? input = null, string? folder = null,
        params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Environment.CurrentDirectory,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (input is not null)
            await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await process.WaitForExitAsync(patience.Token);
            // Something that it left behind may hold them open.
            await Task.WhenAll(output, errors).WaitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end, or left something behind that does not.");
        }
        Assert.True(process.ExitCode == 0, $"{program} failed: {await errors}{await output}");
        return await output;
    }
}
