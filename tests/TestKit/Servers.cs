using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Npgsql;
using Xunit;

namespace Beat.Messaging.TestKit;

/// <summary>
/// Real servers for the suites that want one. Each comes from the setting that names a running one
/// (<c>BEAT_TEST_POSTGRES_URL</c>, <c>BEAT_TEST_MONGO_URL</c>, <c>BEAT_TEST_REDIS_URL</c>, <c>BEAT_TEST_KAFKA</c>), else from a
/// program that runs one in the foreground (<c>BEAT_TEST_MONGO_RUN</c>, <c>BEAT_TEST_KAFKA_RUN</c>: called with a port and a
/// folder), else from a binary on this machine, else from Docker. Where there is none the test is skipped, by name and reason, or
/// fails if <c>BEAT_TESTS_REQUIRE</c>
/// names it (<c>postgresql</c>, <c>mongodb</c>, <c>redis</c>, <c>kafka</c>).
/// </summary>
public static class Servers
{
    private static readonly Lazy<Task<Server>> Postgres = new(StartPostgreSql);
    private static readonly Lazy<Task<Server>> Mongodb = new(StartMongo);
    private static readonly Lazy<Task<Server>> KafkaBroker = new(StartKafka);

    /// <summary>The URL of an empty database of the caller's own.</summary>
    public static async Task<string> PostgreSql()
    {
        var given = Setting("POSTGRES_URL");
        var url = given ?? (await Postgres.Value).Url;
        var database = $"beat_{Guid.NewGuid():N}";
        await Execute(url, $"CREATE DATABASE {database}");
        if (given is not null)
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Execute(url, $"DROP DATABASE {database} WITH (FORCE)")
                .Wait(TimeSpan.FromSeconds(5));
        return new UriBuilder(url) { Path = database }.Uri.ToString();
    }

    /// <summary>The URL of a server, with the name of a database of the caller's own.</summary>
    public static async Task<string> Mongo() =>
        new UriBuilder(Setting("MONGO_URL") ?? (await Mongodb.Value).Url) { Path = $"beat_{Guid.NewGuid():N}" }.Uri.ToString();

    /// <summary>The URL of an empty server.</summary>
    public static async Task<string> Redis() => Setting("REDIS_URL") ?? (await StartRedis()).Url;

    /// <summary><c>host:port</c> of a broker that all tests of this run share.</summary>
    public static async Task<string> Kafka() => Setting("KAFKA") ?? (await KafkaBroker.Value).Url;

    /// <summary>One that the test may stop, freeze and start again on its data.</summary>
    public static Task<Server> StartPostgreSql()
    {
        var binaries = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator)
            .Concat(Directory.Exists("/usr/lib/postgresql")
                ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(v => $"{v}/bin")
                : [])
            .FirstOrDefault(
                folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
        // It refuses to run as root; its package made a user for it.
        string[] asItself = Environment.UserName == "root"
            ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
            : [];
        Func<int, string, IEnumerable<string>>? run = binaries is null ? null : (port, folder) =>
        {
            var data = Path.Combine(folder, "data");
            if (!Directory.Exists(data))
            {
                if (asItself.Length > 0)
                    Finish(["chown", "postgres", folder]);
                Finish(
                    [.. asItself, Path.Combine(binaries, "initdb"), "-D", data, "-U", "beat", "--auth=trust", "--encoding=UTF8",
                        "--no-sync"]);
            }
            File.Delete(Path.Combine(data, "postmaster.pid"));
            return
            [
                .. asItself, Path.Combine(binaries, "postgres"), "-D", data, "-p", $"{port}", "-c", "listen_addresses=127.0.0.1",
                "-c", "unix_socket_directories=", "-c", "max_connections=300", "-c", "fsync=off",
            ];
        };
        return Start(
            "postgresql", run,
            ["-e", "POSTGRES_USER=beat", "-e", "POSTGRES_HOST_AUTH_METHOD=trust", "-p", "127.0.0.1:{port}:5432", "postgres:17"],
            port => $"postgres://beat@127.0.0.1:{port}/postgres", async url =>
            {
                await Execute(url, "SELECT 1");
                return true;
            });
    }

    /// <inheritdoc cref="StartPostgreSql"/>
    public static Task<Server> StartMongo() => Start(
        "mongodb",
        Given("MONGO_RUN")
            ?? (Find("mongod") is { } mongod
                ? (port, folder) => [mongod, "--port", $"{port}", "--dbpath", folder, "--bind_ip", "127.0.0.1"]
                : null),
        ["-p", "127.0.0.1:{port}:27017", "mongo:8"],
        port => $"mongodb://127.0.0.1:{port}/", url => Connects(new Uri(url).Port));

    /// <inheritdoc cref="StartPostgreSql"/>
    public static Task<Server> StartRedis() => Start(
        "redis",
        Find("redis-server") is { } redis
            ? (port, folder) => [redis, "--port", $"{port}", "--bind", "127.0.0.1", "--dir", folder, "--save", ""]
            : null,
        ["-p", "127.0.0.1:{port}:6379", "redis:8"],
        port => $"redis://127.0.0.1:{port}/0", async url =>
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", new Uri(url).Port);
            await client.GetStream().WriteAsync("PING\r\n"u8.ToArray());
            var answer = new byte[5];
            await client.GetStream().ReadExactlyAsync(answer);
            return Encoding.ASCII.GetString(answer) == "+PONG";
        });

    /// <inheritdoc cref="StartPostgreSql"/>
    public static Task<Server> StartKafka() => Start(
        "kafka", Given("KAFKA_RUN"),
        [
            "-e", "KAFKA_NODE_ID=1", "-e", "KAFKA_PROCESS_ROLES=broker,controller", "-e",
            "KAFKA_CONTROLLER_QUORUM_VOTERS=1@localhost:9093", "-e", "KAFKA_LISTENERS=PLAINTEXT://:9092,CONTROLLER://:9093", "-e",
            "KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://127.0.0.1:{port}", "-e", "KAFKA_CONTROLLER_LISTENER_NAMES=CONTROLLER", "-e",
            "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR=1", "-e",
            "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT", "-p", "127.0.0.1:{port}:9092",
            "apache/kafka:4.1.0",
        ],
        port => $"127.0.0.1:{port}",
        address => Connects(int.Parse(address.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture)));

    private static async Task<Server> Start(
        string name, Func<int, string, IEnumerable<string>>? run, string[] image, Func<int, string> url,
        Func<string, Task<bool>> isReady)
    {
        Tool.Require(
            name, run is not null || HasDocker,
            $"no {name} server: none is named by a setting, there is no binary of it, and no Docker");
        var server = new Server(
            name,
            run ?? ((port, _) => ["docker", "run", "--rm", "--init", .. image.Select(part => part.Replace("{port}", $"{port}"))]),
            url, isReady);
        await server.Start();
        return server;
    }

    private static string? Setting(string name) =>
        Environment.GetEnvironmentVariable($"BEAT_TEST_{name}") is { Length: > 0 } value ? value : null;

    private static Func<int, string, IEnumerable<string>>? Given(string name) =>
        Setting(name) is { } program ? (port, folder) => [program, $"{port}", folder] : null;

    private static string? Find(string program) => Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static bool HasDocker
    {
        get
        {
            if (Find("docker") is not { } docker)
                return false;
            using var info = Process.Start(
                new ProcessStartInfo(docker, ["info"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            info.WaitForExit();
            return info.ExitCode == 0;
        }
    }

    private static async Task<bool> Connects(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        return true;
    }

    private static async Task Execute(string url, string sql)
    {
        var uri = new Uri(url);
        var user = uri.UserInfo.Split(':', 2);
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Port = uri.Port,
            Username = user[0],
            Password = user.Length > 1 ? user[1] : null,
            Database = uri.AbsolutePath[1..],
            Pooling = false,
        }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static void Finish(IReadOnlyList<string> command)
    {
        using var process = Process.Start(
            new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{command[0]} failed: {errors.Result}");
    }
}

/// <summary>A server process on a port and a folder of its own, which go with the process of the tests.</summary>
public sealed class Server : IAsyncDisposable
{
    private readonly Func<int, string, IEnumerable<string>> command;
    private readonly Func<string, Task<bool>> isReady;
    private readonly string name;
    private readonly int port = HostProcess.FreePort();
    private readonly string folder = Scratch.Folder();
    private Process? process;

    internal Server(
        string name, Func<int, string, IEnumerable<string>> command, Func<int, string> url, Func<string, Task<bool>> isReady)
    {
        (this.name, this.command, this.isReady) = (name, command, isReady);
        Url = url(port);
    }

    public string Url { get; }

    // A runner may end the tests' process without a word: then stdin closes, and the server goes with its data.
    private const string UntilStdinCloses =
        """
        folder=$1; shift; exec 3<&0
        "$@" & server=$!
        (cat <&3 >/dev/null; kill -9 $server; rm -rf "$folder") &
        wait $server
        """;

    /// <summary>Starts it on the data that it had, and waits until it answers.</summary>
    public async Task Start()
    {
        var start = new ProcessStartInfo("bash", ["-c", UntilStdinCloses, "bash", folder, .. command(port, folder)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        process = Process.Start(start)!;
        var output = new StringBuilder();
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await Until.True(
            async () =>
            {
                Assert.False(process.HasExited, $"{name} ended: {output}");
                try
                {
                    return await isReady(Url);
                }
                catch (Exception notYet) when (notYet is SocketException or NpgsqlException or IOException)
                {
                    return false;
                }
            },
            name, TimeSpan.FromSeconds(60));

        void Note(string? line)
        {
            lock (output)
                output.AppendLine(line);
        }
    }

    /// <summary>kill -9.</summary>
    public async Task Kill()
    {
        process!.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    /// <summary>It keeps its connections, and answers nobody until <see cref="Thaw"/>.</summary>
    public Task Freeze() => Stopped.All(Signal("STOP"));

    public void Thaw() => Signal("CONT");

    public ValueTask DisposeAsync()
    {
        End();
        return ValueTask.CompletedTask;
    }

    /// <summary>The whole tree: a server may have children that serve its connections.</summary>
    private List<int> Signal(string signal)
    {
        var ids = new List<int> { process!.Id };
        for (var i = 0; i < ids.Count; i++)
            ids.AddRange(Children(ids[i]));
        using var kill = Process.Start("kill", [$"-{signal}", .. ids.Select(id => $"{id}")]);
        kill.WaitForExit();
        return ids;

        static IEnumerable<int> Children(int id) => Threads.Of(id, "children")
            .SelectMany(children => children.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(child => int.Parse(child, System.Globalization.CultureInfo.InvariantCulture));
    }

    private void End()
    {
        if (process is { HasExited: false })
        {
            Signal("CONT");
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}

/// <summary>A signal that stops a process is sent at once, and obeyed by each of its threads a little later.</summary>
internal static class Stopped
{
    public static Task All(IReadOnlyList<int> processIds) => Until.True(
        () => processIds.SelectMany(id => Threads.Of(id, "stat")).All(IsStill), "frozen processes to stand still");

    /// <summary>"id (name) state …", where a name may hold anything; one that has ended stands still, too.</summary>
    private static bool IsStill(string stat) => stat[stat.LastIndexOf(')') + 2] is 'T' or 't' or 'Z' or 'X';
}

/// <summary>What the system tells of a process's threads. They come and go while one looks: what has gone is left out.</summary>
internal static class Threads
{
    public static IReadOnlyList<string> Of(int processId, string file)
    {
        var found = new List<string>();
        try
        {
            foreach (var thread in Directory.GetDirectories($"/proc/{processId}/task"))
            {
                if (Read(Path.Combine(thread, file)) is { Length: > 0 } text)
                    found.Add(text);
            }
        }
        catch (IOException)
        {
            // The process has ended.
            return [];
        }
        return found;
    }

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
