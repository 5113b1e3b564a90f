using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Beat.Messaging.Host;
using Beat.Messaging.Shared.Realtime;

namespace Beat.Messaging.Integration.Tests.Input;

/// <summary>
/// Every argument of every hub method, and every field within it, × <see cref="Inputs"/>: each call has an answer or a whole
/// problem, none of them a 500, and the connection stays. Methods are those of the hub, with the arguments of
/// <see cref="HubRow"/>.
/// </summary>
public abstract class HubFuzzTests(RunningService running)
{
    private const char End = '\u001e';

    private readonly Service service = running.Service;

    public static TheoryData<string> Methods =>
        [.. RealtimeRegistration.HubMethods(typeof(MessagingHub)).Select(method => method.Name)];

    [SkippableTheory]
    [MemberData(nameof(Methods))]
    public async Task No_argument_is_an_error_of_ours_or_closes_the_connection(string method)
    {
        var world = await World.Make(await Cast.OfStaff(service));
        var row = Scenarios.HubMethods.Single(row => row.Method == method);
        var caller = row.Caller?.Invoke(world.Cast) ?? world.Cast.Owner;
        var arguments = row.Arguments(world).Select(argument => JsonSerializer.SerializeToNode(argument)).ToList();
        var faults = new List<string>();
        using var socket = await Connect(caller);
        foreach (var (position, _) in arguments.Index())
        {
            foreach (var (field, whole) in Fields($"[{position}]", arguments[position]))
            {
                foreach (var raw in Inputs.Texts.Select(Inputs.Json).Concat(Inputs.RawValues.Where(IsJson)))
                {
                    var sent = string.Join(
                        ',', arguments.Select((argument, i) => i == position ? whole(raw) : argument?.ToJsonString() ?? "null"));
                    if (await Fault(socket, method, sent) is { } fault)
                        faults.Add($"{method}{field} = {Inputs.Show(raw)}: {fault}");
                }
            }
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults.Take(40)));
        Assert.Null(
            await Fault(socket, method, string.Join(',', arguments.Select(argument => argument?.ToJsonString() ?? "null"))));
    }

    [SkippableFact]
    public async Task What_is_sent_without_waiting_for_an_answer_does_not_close_the_connection_either()
    {
        var ana = await service.Person("Ana");
        var group = await ana.CreateGroup();
        using var socket = await Connect(ana);
        foreach (var method in RealtimeRegistration.HubMethods(typeof(MessagingHub)))
        {
            foreach (var raw in new[] { "\"not-a-uuid\"", "null", "5", "{\"\\ud800\":1}", "\"\\ud800\"", "[]" })
            {
                var arguments = string.Join(',', method.GetParameters().Select(_ => raw));
                await Write(socket, $$"""{"type":1,"target":"{{method.Name}}","arguments":[{{arguments}}]}""");
            }
        }
        Assert.Null(await Fault(socket, "JoinGroup", $"\"{group}\",null"));
    }

    private static async Task<string?> Fault(ClientWebSocket socket, string method, string arguments)
    {
        for (var attempt = 1; ; attempt++)
        {
            await Write(socket, $$"""{"type":1,"invocationId":"1","target":"{{method}}","arguments":[{{arguments}}]}""");
            var answer = await Completion(socket);
            if ((string?)answer["error"] is not { } error)
                return null;
            const string Mark = "HubException: ";
            var at = error.IndexOf(Mark, StringComparison.Ordinal);
            if (at < 0)
                return $"no problem, but: {error}";
            var problem = JsonNode.Parse(error[(at + Mark.Length)..])!;
            if ((string?)problem["code"] == "store_unavailable" && attempt < 10)
            {
                await Task.Delay(TimeSpan.FromSeconds(1));
                continue;
            }
            return (int?)problem["status"] is >= 400 and < 500 && problem["type"] is not null ? null : problem.ToJsonString();
        }
    }

    private static async Task<JsonNode> Completion(ClientWebSocket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var (text, buffer) = (new StringBuilder(), new byte[256 * 1024]);
        while (true)
        {
            using var frame = new MemoryStream();
            ValueWebSocketReceiveResult received;
            do
            {
                received = await socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
                if (received.MessageType == WebSocketMessageType.Close)
                    throw new InvalidOperationException($"The connection was closed: {socket.CloseStatusDescription}");
                frame.Write(buffer, 0, received.Count);
            }
            while (!received.EndOfMessage);
            text.Append(Encoding.UTF8.GetString(frame.ToArray()));
            var parts = text.ToString().Split(End);
            text.Clear().Append(parts[^1]);
            foreach (var part in parts[..^1].Where(part => part.Length > 2))
            {
                var message = JsonNode.Parse(part)!;
                if ((int?)message["type"] == 7)
                    throw new InvalidOperationException($"The connection is being closed: {part}");
                if ((int?)message["type"] == 3)
                    return message;
            }
        }
    }

    private static Task Write(ClientWebSocket socket, string json) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(json + End), WebSocketMessageType.Text, true, CancellationToken.None);

    private async Task<ClientWebSocket> Connect(Person person)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {person.Token}");
        await socket.ConnectAsync(
            new UriBuilder(service.Url) { Scheme = "ws", Path = "/hubs/messaging" }.Uri, CancellationToken.None);
        await Write(socket, """{"protocol":"json","version":1}""");
        return socket;
    }

    /// <summary>The argument itself, and each field within it.</summary>
    private static IEnumerable<(string Field, Func<string, string> Whole)> Fields(string name, JsonNode? argument)
    {
        yield return (name, raw => raw);
        if (argument is JsonArray { Count: > 0 } list)
        {
            foreach (var (field, whole) in Fields($"{name}[0]", list[0]))
                yield return (field, raw => $"[{whole(raw)}]");
        }
        if (argument is JsonObject known)
        {
            yield return ($"{name}.no_such_field", raw => Inputs.With(known, "no_such_field", raw));
            foreach (var field in known.Select(one => one.Key).ToList())
                yield return ($"{name}.{field}", raw => Inputs.With(known, field, raw));
        }
    }

    /// <summary>Broken JSON and what is nested deeper than its reader goes closes a connection, as SignalR does.</summary>
    private static bool IsJson(string raw)
    {
        try
        {
            JsonDocument.Parse(raw).Dispose();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

/// <inheritdoc/>
public sealed class EmbeddedHubFuzzTests(EmbeddedService running) : HubFuzzTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealHubFuzzTests(RealService running) : HubFuzzTests(running), IClassFixture<RealService>;
