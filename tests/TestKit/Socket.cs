using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.TestKit;

/// <summary>A SignalR connection that notes every push.</summary>
public sealed class Socket : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Event, JsonNode Payload)> pushes = new();

    private readonly ConcurrentQueue<string> undeclared = new();

    private readonly bool isPatient;

    /// <param name="isPatient">As of a <see cref="Person"/>.</param>
    public Socket(Uri url, string token, bool isPatient = false)
    {
        this.isPatient = isPatient;
        Hub = new HubConnectionBuilder().WithUrl(
            url, options => options.AccessTokenProvider = () => Task.FromResult<string?>(token))
            .ConfigureLogging(log => log.AddProvider(new UndeclaredPushes(undeclared)))
            .Build();
        foreach (var push in Pushes.All)
            Hub.On<JsonNode>(push.Name, payload => pushes.Enqueue((push.Name, payload)));
        Hub.Closed += _ =>
        {
            ClosedAt = DateTimeOffset.UtcNow;
            return Task.CompletedTask;
        };
    }

    public HubConnection Hub { get; }

    public DateTimeOffset? ClosedAt { get; private set; }

    public Task Start() => Hub.StartAsync();

    /// <summary>In the order in which they came.</summary>
    public IReadOnlyList<(string Event, JsonNode Payload)> All => [.. pushes];

    /// <summary>Pushes of that name, in the order in which they came.</summary>
    public IReadOnlyList<JsonNode> Of(string name) => [.. pushes.Where(push => push.Event == name).Select(push => push.Payload)];

    public Task<JsonNode?> Call(string method, params object?[] arguments) =>
        Call(isPatient && !method.StartsWith("Send", StringComparison.Ordinal), method, arguments);

    public async Task<JsonNode> Join(Guid groupId, object? options = null) => (await Call("JoinGroup", groupId, options))!;

    public async Task<JsonNode> SendText(Guid groupId, string content, string? clientMessageId = null) =>
        (await Call(
            isPatient, "SendTextMessage", groupId,
            new { content, client_message_id = clientMessageId ?? RetryPolicy.IdFor(isPatient) }))!;

    /// <summary>The problem that a call is refused with.</summary>
    public async Task<JsonNode> Refused(string method, params object?[] arguments)
    {
        try
        {
            var answer = await Call(method, arguments);
            throw new InvalidOperationException($"{method} was not refused, but answered {answer?.ToJsonString()}.");
        }
        catch (HubException refused)
        {
            const string Mark = "HubException: ";
            var at = refused.Message.IndexOf(Mark, StringComparison.Ordinal);
            return JsonNode.Parse(at < 0 ? throw new JsonException(refused.Message) : refused.Message[(at + Mark.Length)..])!;
        }
    }

    /// <summary>Waits until there are that many pushes of that name.</summary>
    public async Task<IReadOnlyList<JsonNode>> Await(string name, int count = 1, Func<JsonNode, bool>? where = null)
    {
        Pushes.RequireDeclared(name);
        await Until.True(
            () => Of(name).Count(where ?? (_ => true)) >= count,
            $"{count} × {name}; there are {string.Join(", ", pushes.Select(p => p.Event))}");
        return [.. Of(name).Where(where ?? (_ => true))];
    }

    /// <exception cref="InvalidOperationException">Something was pushed that no module declares.</exception>
    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        if (undeclared.TryPeek(out var said))
            throw new InvalidOperationException(
                $"{said} It is declared with .Sends<T>(\"…\") in a module's table of contents (XModule.cs).");
    }

    private async Task<JsonNode?> Call(bool mayRepeat, string method, params object?[] arguments)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await Hub.InvokeCoreAsync<JsonNode?>(method, arguments);
            }
            catch (HubException late) when (mayRepeat && attempt < RetryPolicy.Attempts
                && late.Message.Contains(RetryPolicy.Code, StringComparison.Ordinal))
            {
                await Task.Delay(RetryPolicy.Pause);
            }
        }
    }
}

/// <summary>Notes what SignalR's client says of a push that nobody listens to.</summary>
internal sealed class UndeclaredPushes(ConcurrentQueue<string> said) : ILoggerProvider, ILogger
{
    private const string MissingHandler = nameof(MissingHandler);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Name == MissingHandler)
            said.Enqueue(formatter(state, exception));
    }

    public void Dispose()
    {
    }
}

/// <summary>Waits for conditions instead of for time.</summary>
public static class Until
{
    /// <summary>Only a test that fails waits for so long; a busy machine takes its time.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    public static Task True(Func<bool> condition, string what) => True(() => Task.FromResult(condition()), what);

    public static async Task True(Func<Task<bool>> condition, string what, TimeSpan? patience = null)
    {
        var deadline = DateTimeOffset.UtcNow + (patience ?? Timeout);
        while (!await condition())
        {
            if (DateTimeOffset.UtcNow > deadline)
                throw new TimeoutException($"Waited {(patience ?? Timeout).TotalSeconds} s for {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }
}
