using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using System.Net.WebSockets;
using Beat.Messaging.Shared.Hosting.Auth;
using Beat.Messaging.Shared.Hosting.Settings;
using Beat.Messaging.Shared.Hosting.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Shared.Tests.Realtime;

/// <summary>A real server with a hub on the feed, behind the service's own door.</summary>
public sealed class HubServer : IAsyncLifetime
{
    private WebApplication web = null!;

    internal GroupFeed Feed => web.Services.GetRequiredService<GroupFeed>();

    /// <summary>Of presence alone.</summary>
    internal FakeTimeProvider Clock { get; } = new();

    internal Presence Presence => web.Services.GetRequiredService<Presence>();

    /// <summary>What was logged at Warning and above.</summary>
    internal ConcurrentQueue<string> Logs { get; } = new();

    internal TestHub.Intake Intake => web.Services.GetRequiredService<TestHub.Intake>();

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.Configuration.Sources.Clear();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders().AddProvider(new Book(Logs)).SetMinimumLevel(LogLevel.Warning);
        var settings = MessagingSettings.Load(builder.Configuration, builder.Environment);
        builder.Services.AddProblems().AddIdentity(settings, new SecretKey("a secret of the tests that is long enough"));
        builder.Services.AddSingleton<TestHub.Intake>().AddRealtime<TestHub>();
        builder.Services.AddSingleton(new Presence(Clock));
        web = builder.Build();
        web.UseProblems();
        web.UseIdentity(settings);
        web.MapGroupFeed<TestHub>("/hubs/messaging", Scopes.MessageView);
        await web.StartAsync();
    }

    public async Task DisposeAsync() => await web.DisposeAsync();

    internal string Token(Guid? profileId = null, TimeSpan? lifetime = null, params string[] scopes) =>
        web.Services.GetRequiredService<DevelopmentIssuer>().Issue(
            profileId ?? Guid.NewGuid(),
            "auth",
            "Anna",
            "client",
            scopes.Length == 0 ? Scopes.All : scopes,
            lifetime ?? TimeSpan.FromHours(1));

    internal async Task<HubConnection> Connect(string? token = null)
    {
        token ??= Token();
        var connection = new HubConnectionBuilder()
            .WithUrl(
                $"{web.Urls.Single()}/hubs/messaging",
                options => options.AccessTokenProvider = () => Task.FromResult<string?>(token))
            .Build();
        await connection.StartAsync();
        return connection;
    }

    /// <summary>A bare WebSocket after the handshake of the hub protocol, for what a well-behaved client never does.</summary>
    internal async Task<ClientWebSocket> ConnectRaw(string? token = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {token ?? Token()}");
        var address = new UriBuilder(web.Urls.Single()) { Scheme = "ws", Path = "/hubs/messaging" }.Uri;
        await socket.ConnectAsync(address, CancellationToken.None);
        await SendRaw(socket, """{"protocol":"json","version":1}""");
        var answer = await socket.ReceiveAsync(new byte[16], CancellationToken.None);
        Assert.Equal(3, answer.Count);
        return socket;
    }

    internal static Task SendRaw(ClientWebSocket socket, string record) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(record + '\u001e'), WebSocketMessageType.Text, true, CancellationToken.None);

    /// <summary>Waits for what other threads bring about.</summary>
    internal static async Task Until(Func<bool> holds, string what, int seconds = 20)
    {
        var started = Stopwatch.GetTimestamp();
        while (!holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(started).TotalSeconds < seconds, $"not within {seconds} s: {what}");
            await Task.Delay(10);
        }
    }

    private sealed class Book(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{logLevel} {formatter(state, exception)}");

        public void Dispose()
        {
        }
    }
}

/// <summary>Methods as the service's hub has them: one line, arguments as JSON.</summary>
internal sealed class TestHub(GroupFeed feed, TestHub.Intake intake) : Hub
{
    [RequiresScope(Scopes.MessageView)]
    public Result<bool> JoinGroup(JsonElement groupId) =>
        Binder.BindValue<Guid>("group_id", groupId).Map(id => feed.Begin(Context.Connection(), id).Activate());

    [RequiresScope(Scopes.MessageView)]
    public Task<Result<Answer>> Send(JsonElement request) => intake.Take(Binder.Bind<Request>(request));

    [RequiresScope(Scopes.GroupDelete)]
    public Guid WhoAmI() => Context.Connection().Caller.ProfileId;

    [RequiresScope(Scopes.MessageView)]
    public Task Fail() => intake.Fail(new InvalidOperationException("a secret of the inside"));

    [RequiresScope(Scopes.MessageView)]
    public Task Away() => intake.Fail(new StoreUnavailableException("the store is away"));

    [RequiresScope(Scopes.MessageView)]
    public Task Refuse() => intake.Fail(new ProblemException(
        new Problem("borrow_transition", 409, "No.") { Extensions = new Dictionary<string, object?> { ["state"] = "open" } }));

    internal sealed record Request
    {
        public required int Number { get; init; }

        [MaxLength(5)]
        public string? Text { get; init; }
    }

    internal sealed record Answer(int TheNumber);

    /// <summary>Stands for the queue of a sequencer: each call takes its place before its first await.</summary>
    internal sealed class Intake
    {
        public ConcurrentQueue<int> Taken { get; } = new();

        public Task Gate { get; set; } = Task.CompletedTask;

        public Task Fail(Exception fault) => Gate.IsCompleted ? throw fault : throw new TimeoutException();

        public async Task<Result<Answer>> Take(Result<Request> request)
        {
            if (request.Problem is { } problem)
                return problem;
            Taken.Enqueue(request.Value.Number);
            await Gate;
            return new Answer(request.Value.Number);
        }
    }
}
