using System.Collections.Concurrent;
using Beat.Messaging.Shared.Hosting.Auth;
using Beat.Messaging.Shared.Hosting.Json;
using Beat.Messaging.Shared.Hosting.Settings;
using Beat.Messaging.Shared.Hosting.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Shared.Tests.Auth;

/// <summary>
/// A real server with the door of the service and a few routes behind it; keeps all that it logs, at every level.
/// </summary>
internal sealed class AuthTestServer : IAsyncDisposable
{
    private readonly WebApplication web;
    private readonly LogBook logs;

    private AuthTestServer(WebApplication web, LogBook logs) => (this.web, this.logs) = (web, logs);

    public HttpClient Http { get; private set; } = null!;

    public Uri Address => new(web.Urls.Single());

    public IServiceProvider Services => web.Services;

    public IReadOnlyCollection<string> Logs => logs.Lines;

    /// <summary>Waits until the keys were fetched: on a busy machine the first request may be faster.</summary>
    public async Task<AuthTestServer> WithKeys()
    {
        var keys = Services.GetRequiredService<SigningKeys>();
        for (var deadline = Environment.TickCount64 + 30_000; !keys.Available; await Task.Delay(20))
        {
            keys.StartFetch();
            Assert.True(Environment.TickCount64 < deadline, "The keys did not come.");
        }
        return this;
    }

    public static async Task<AuthTestServer> Open(
        Uri? jwks = null,
        Action<IEndpointRouteBuilder>? routes = null,
        TimeProvider? time = null,
        string environment = "Development",
        params (string Name, string Value)[] settings)
    {
        var logs = new LogBook();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(
        [
            new("JWKS_URL", jwks?.ToString()),
            .. settings.Select(setting => new KeyValuePair<string, string?>(setting.Name, setting.Value)),
        ]);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.ConfigureHttpJsonOptions(json => WireJson.Apply(json.SerializerOptions));
        builder.Services.AddSignalR();
        var read = MessagingSettings.Load(builder.Configuration, builder.Environment);
        builder.Services.AddProblems().AddIdentity(read, new SecretKey("a secret of the tests that is long enough"));
        var web = builder.Build();
        web.UseProblems();
        web.UseIdentity(read);
        web.MapGet("/open", () => "open").AllowAnonymous();
        web.MapGet("/closed", () => "closed");
        web.MapGet("/me", (Caller caller) => caller);
        web.MapGet("/groups", () => "groups").RequireScope(Scopes.GroupView);
        web.MapGet("/invite", () => "invite").RequireScope(Scopes.InviteCreate, Scopes.InviteAccept);
        web.MapHub<EchoHub>("/hubs/messaging").RequireScope(Scopes.MessageView);
        routes?.Invoke(web);
        await web.StartAsync();
        var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        return new AuthTestServer(web, logs) { Http = new HttpClient(handler) { BaseAddress = new Uri(web.Urls.Single()) } };
    }

    /// <param name="token">After "Bearer ", unchanged; null sends no header.</param>
    public Task<HttpResponseMessage> Get(string path, string? token, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return Http.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await web.DisposeAsync();
    }

    internal sealed class EchoHub : Hub
    {
        public string Me() => Context.User!.Caller().ProfileId.ToString();
    }

    private sealed class LogBook : ILoggerProvider, ISupportExternalScope
    {
        private readonly ConcurrentQueue<string> lines = new();
        private IExternalScopeProvider scopes = new LoggerExternalScopeProvider();

        public IReadOnlyCollection<string> Lines => lines;

        public ILogger CreateLogger(string categoryName) => new Book(this, categoryName);

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => scopes = scopeProvider;

        public void Dispose()
        {
        }

        private sealed class Book(LogBook book, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => book.scopes.Push(state);

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception,
                Func<TState, Exception?, string> formatter)
            {
                var line = new StringBuilder($"{logLevel} {category}: {formatter(state, exception)} {exception}");
                book.scopes.ForEachScope(
                    (scope, text) => text.Append(" | ").Append(scope is IEnumerable<KeyValuePair<string, object>> pairs
                        ? string.Join(", ", pairs.Select(pair => $"{pair.Key}={pair.Value}"))
                        : scope?.ToString()),
                    line);
                book.lines.Enqueue(line.ToString());
            }
        }
    }
}

internal static class ProblemBody
{
    /// <summary>Reads the answer as a problem and checks what all problems have.</summary>
    public static async Task<JsonElement> Read(HttpResponseMessage response, int status, string code)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode}: {body}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(body).RootElement;
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Equal($"urn:beat:messaging:{code}", problem.GetProperty("type").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        Assert.Equal(response.RequestMessage!.RequestUri!.AbsolutePath, problem.GetProperty("instance").GetString());
        Assert.Matches("^[0-9a-f]{32}$", problem.GetProperty("trace_id").GetString());
        Assert.NotEmpty(response.Headers.GetValues("X-Request-ID"));
        return problem;
    }
}
