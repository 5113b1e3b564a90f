using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;

namespace Beat.Messaging.TestKit;

/// <summary>The service, or its broker, as a process of its own, that a test can kill.</summary>
public sealed class HostProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly List<string> output = [];

    private HostProcess(Process process) => this.process = process;

    public string Output
    {
        get
        {
            lock (output)
                return string.Join('\n', output);
        }
    }

    public bool HasExited => process.HasExited;

    public int ExitCode => process.ExitCode;

    /// <summary>
    /// A port that is free, and the one after it, too, which some servers take for themselves. It is below those that the system
    /// gives to outgoing connections, which would come in between.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(11_000, 31_000);
            if (IsFree(port) && IsFree(port + 1))
                return port;
        }

        static bool IsFree(int port)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }

    /// <param name="arguments">A command, or nothing to serve.</param>
    /// <param name="environment">Settings.</param>
    public static HostProcess Start(IReadOnlyList<string> arguments, params (string Name, string Value)[] environment) =>
        Start(AppContext.BaseDirectory, Environment.CurrentDirectory, arguments, environment);

    /// <inheritdoc cref="Start(IReadOnlyList{string}, ValueTuple{string, string}[])"/>
    /// <param name="program">Folder of the program.</param>
    /// <param name="folder">Where it is started.</param>
    public static HostProcess Start(
        string program, string folder, IReadOnlyList<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(program, "Beat.Messaging.Host.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        // Tests send faster than people do.
        start.Environment["Limits__SendsPerSecond"] = start.Environment["Limits__SendBurst"] = "100000";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var host = new HostProcess(new Process { StartInfo = start });
        host.process.OutputDataReceived += (_, line) => host.Note(line.Data);
        host.process.ErrorDataReceived += (_, line) => host.Note(line.Data);
        host.process.Start();
        host.process.BeginOutputReadLine();
        host.process.BeginErrorReadLine();
        return host;
    }

    /// <summary>A busy machine may take its time.</summary>
    private static readonly TimeSpan Starting = TimeSpan.FromSeconds(90);

    /// <summary>Waits until it answers.</summary>
    public async Task Ready(Uri url)
    {
        using var http = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromSeconds(2) };
        await Until.True(
            async () =>
            {
                if (HasExited)
                    throw new InvalidOperationException($"The host ended: {Output}");
                try
                {
                    return (await http.GetAsync("/health/ready")).IsSuccessStatusCode;
                }
                catch (Exception notYet) when (notYet is HttpRequestException or OperationCanceledException)
                {
                    return false;
                }
            },
            $"the host at {url}", Starting);
    }

    /// <summary>Somebody of that host, who is patient.</summary>
    public static async Task<Person> Person(Uri url, string name)
    {
        using var http = new HttpClient { BaseAddress = url };
        var answer = await http.PostAsJsonAsync("/dev/tokens", new { display_name = name });
        answer.EnsureSuccessStatusCode();
        var token = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return new Person(
            url, token.GetProperty("profile_id").GetGuid(), token.GetProperty("access_token").GetString()!, isPatient: true);
    }

    /// <summary>kill -9.</summary>
    public async Task Kill()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>It keeps its connections, and does nothing until <see cref="Thaw"/>.</summary>
    public async Task Freeze()
    {
        await Signal("STOP");
        await Stopped.All([process.Id]);
    }

    public Task Thaw() => Signal("CONT");

    /// <summary>SIGTERM, and waits for the end.</summary>
    public async Task Terminate()
    {
        await Signal("TERM");
        await process.WaitForExitAsync();
    }

    public async Task WaitForExit() => await process.WaitForExitAsync();

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await Kill();
        process.Dispose();
    }

    private async Task Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync();
    }

    private void Note(string? line)
    {
        if (line is null)
            return;
        lock (output)
            output.Add(line);
    }
}
