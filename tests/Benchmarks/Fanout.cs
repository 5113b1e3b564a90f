using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Beat.Messaging.Benchmarks;

/// <summary>
/// One group, everybody in it listening, some of them sending 200 bytes as fast as they are acknowledged. Deliveries are pushes
/// that arrived at a client.
/// </summary>
internal static class Fanout
{
    private const int ServerCore = 0b01;
    private const int GeneratorCore = 0b10;
    /// <summary>For both to be compiled to their best.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);

    public static async Task<int> Run(string[] options)
    {
        var numbers = options.Select(option => int.Parse(option, CultureInfo.InvariantCulture)).ToArray();
        var (members, senders) = numbers is [var m, var s, ..] ? (m, s) : (100, 16);
        var seconds = numbers.ElementAtOrDefault(2) is > 0 and var given ? given : 6;
        var rounds = numbers.ElementAtOrDefault(3) is > 0 and var asked ? asked : 3;
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
            Process.GetCurrentProcess().ProcessorAffinity = GeneratorCore;

        Console.WriteLine($"{members} members, {senders} senders, {seconds} s a round");
        var ratios = new List<double>();
        for (var round = 1; round <= rounds; round++)
        {
            var bare = await Measure(isService: false, members, senders, seconds);
            var service = await Measure(isService: true, members, senders, seconds);
            ratios.Add(service / bare);
            Console.WriteLine($"round {round}: bare {bare:N0}/s, service {service:N0}/s, ratio {service / bare:F2}");
        }
        ratios.Sort();
        Console.WriteLine($"median ratio {ratios[ratios.Count / 2]:F2}");
        return 0;
    }

    private static async Task<double> Measure(bool isService, int members, int senders, int seconds)
    {
        var port = FreePort();
        var url = new Uri($"http://127.0.0.1:{port}");
        var data = Directory.CreateTempSubdirectory("beat-bench-").FullName;
        using var server = Start(isService, port, data);
        try
        {
            await Ready(url);
            var (group, tokens) = isService ? await Prepare(url, members) : (Guid.NewGuid(), new string?[members]);
            var clients = new List<RawClient>();
            foreach (var token in tokens)
                clients.Add(await RawClient.Connect(url, token));
            foreach (var client in clients)
                await client.Join(group);

            using var stop = new CancellationTokenSource();
            var sending = clients.Take(senders).Select(client => client.SendUntil(group, stop.Token)).ToList();
            await Task.Delay(WarmUp);
            var (before, watch) = (clients.Sum(client => client.Delivered), Stopwatch.StartNew());
            await Task.Delay(TimeSpan.FromSeconds(seconds));
            var delivered = clients.Sum(client => client.Delivered) - before;
            var elapsed = watch.Elapsed;
            await stop.CancelAsync();
            await Task.WhenAll(sending);
            foreach (var client in clients)
                client.Dispose();
            return delivered / elapsed.TotalSeconds;
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
            Directory.Delete(data, recursive: true);
        }
    }

    private static Process Start(bool isService, int port, string data)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        var folder = AppContext.BaseDirectory;
        if (isService)
        {
            start.ArgumentList.Add(Path.Combine(folder, "Beat.Messaging.Host.dll"));
            start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
            start.Environment["BEAT_MESSASSING_SERVER"] = $"http://127.0.0.1:{port}";
            start.Environment["BEAT_DATA"] = data;
            start.Environment["Limits__SendsPerSecond"] = start.Environment["Limits__SendBurst"] = "100000";
        }
        else
        {
            start.ArgumentList.Add(Path.Combine(folder, "Beat.Messaging.Benchmarks.dll"));
            start.ArgumentList.Add("bare");
            start.ArgumentList.Add(port.ToString(CultureInfo.InvariantCulture));
        }
        var server = Process.Start(start)!;
        server.BeginOutputReadLine();
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
        {
            // On Linux affinity belongs to threads, and those to come inherit it: taskset sees to those that are there.
            if (OperatingSystem.IsLinux())
                Process.Start(
                    new ProcessStartInfo(
                        "taskset", ["-a", "-c", "-p", "0", $"{server.Id}"])
                    { RedirectStandardOutput = true })!.WaitForExit();
            else
                server.ProcessorAffinity = ServerCore;
        }
        return server;
    }

    private static async Task Ready(Uri url)
    {
        using var http = new HttpClient { BaseAddress = url };
        for (var tries = 0; ; tries++)
        {
            try
            {
                await http.GetAsync("/health/live");
                return;
            }
            catch (HttpRequestException) when (tries < 300)
            {
                await Task.Delay(50);
            }
        }
    }

    private static async Task<(Guid Group, string?[] Tokens)> Prepare(Uri url, int members)
    {
        using var http = new HttpClient { BaseAddress = url };
        var tokens = new string?[members];
        var group = Guid.Empty;
        for (var i = 0; i < members; i++)
        {
            var token = await (await http.PostAsJsonAsync("/dev/tokens", new { display_name = $"Member {i}" })).Content
                .ReadFromJsonAsync<JsonElement>();
            tokens[i] = token.GetProperty("access_token").GetString();
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens[i]);
            if (i == 0)
            {
                var made =
                    await (await http.PostAsJsonAsync(
                        "/api/groups", new { name = "Benchmark", description = "d", is_public = true })).Content
                            .ReadFromJsonAsync<JsonElement>();
                group = made.GetProperty("id").GetGuid();
            }
            else
            {
                (await http.PostAsync($"/api/groups/{group}/join", null)).EnsureSuccessStatusCode();
            }
        }
        return (group, tokens);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
