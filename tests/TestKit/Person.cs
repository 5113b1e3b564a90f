using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;

namespace Beat.Messaging.TestKit;

/// <summary>Somebody with a token, who uses the service as a client would.</summary>
/// <param name="isPatient">
/// Repeats what is answered 503 <c>store_unavailable</c>, as the docs tell clients to: a busy machine makes a server late. A send
/// is repeated only with a <c>client_message_id</c>.
/// </param>
public sealed class Person(Uri url, Guid id, string token, bool isPatient = false)
{
    public Guid Id => id;

    public string Token => token;

    public HttpClient Http { get; } = new()
    {
        BaseAddress = url,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
    };

    /// <summary>Sends a request and reads the answer, whatever its status.</summary>
    /// <param name="body">An object to write as JSON, or JSON text.</param>
    public async Task<Answer> Send(
        HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        var mayRepeat = isPatient
            && !(method == HttpMethod.Post && path.EndsWith("/messages", StringComparison.Ordinal)
                && ClientMessageIdOf(body) is null);
        for (var attempt = 1; ; attempt++)
        {
            var answer = await SendOnce(method, path, body, headers);
            if (!mayRepeat || attempt == RetryPolicy.Attempts || answer.Status != 503 || answer.Code != RetryPolicy.Code)
                return answer;
            await Task.Delay(RetryPolicy.Pause);
        }
    }

    private static string? ClientMessageIdOf(object? body) => body is null or string
        ? null
        : (string?)JsonSerializer.SerializeToNode(body)?["client_message_id"];

    private async Task<Answer> SendOnce(HttpMethod method, string path, object? body, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is string text)
            request.Content = new StringContent(text, Encoding.UTF8, "application/json");
        else if (body is not null)
            request.Content = JsonContent.Create(body);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Http.SendAsync(request);
        return new Answer(
            (int)response.StatusCode, Parse(await response.Content.ReadAsStringAsync()),
            response.Headers.Concat(response.Content.Headers)
                .ToDictionary(h => h.Key, h => string.Join(",", h.Value), StringComparer.OrdinalIgnoreCase));
    }

    public Task<Answer> Get(string path) => Send(HttpMethod.Get, path);

    public Task<Answer> Post(string path, object? body = null) => Send(HttpMethod.Post, path, body);

    public Task<Answer> Put(string path, object? body = null) => Send(HttpMethod.Put, path, body);

    public Task<Answer> Patch(string path, object? body = null) => Send(HttpMethod.Patch, path, body);

    public Task<Answer> Delete(string path, object? body = null) => Send(HttpMethod.Delete, path, body);

    /// <summary>A new group of theirs.</summary>
    public async Task<Guid> CreateGroup(string name = "Winter coats", bool isPublic = false)
    {
        // What is repeated was perhaps made all the same.
        (string, string)[] headers = isPatient ? [("Idempotency-Key", $"{Guid.NewGuid()}")] : [];
        var made = await Send(
            HttpMethod.Post, "/api/groups", new { name, description = "What we lend", is_public = isPublic }, headers);
        return made.Expect(201)["id"]!.GetValue<Guid>();
    }

    /// <summary>Brings somebody into a group by an invite.</summary>
    public async Task Invite(Guid groupId, Person invitee, string role = "member")
    {
        var invite = (await Post($"/api/groups/{groupId}/invites", new { invitee_id = invitee.Id, role })).Expect(201);
        (await invitee.Post($"/api/invites/{invite["id"]}/accept")).Expect(200);
    }

    public async Task<JsonNode> SendText(Guid groupId, string content, string? clientMessageId = null) =>
        (await Post(
            $"/api/groups/{groupId}/messages",
            new { content, client_message_id = clientMessageId ?? RetryPolicy.IdFor(isPatient) })).Expect(201);

    /// <summary>A connection to the hub that notes every push.</summary>
    public async Task<Socket> Connect(string path = "/hubs/messaging")
    {
        var socket = new Socket(new Uri(url, path), token, isPatient);
        await socket.Start();
        return socket;
    }

    private static JsonNode? Parse(string text)
    {
        if (text.Length == 0)
            return null;
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}

/// <summary>How a client repeats what a store was too late for.</summary>
internal static class RetryPolicy
{
    public const int Attempts = 10;
    public const string Code = "store_unavailable";

    /// <summary>What <c>retry_after</c> says.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static string? IdFor(bool isPatient) => isPatient ? $"{Guid.NewGuid()}" : null;
}

/// <summary>What came back.</summary>
public sealed record Answer(int Status, JsonNode? Body, IReadOnlyDictionary<string, string> Headers)
{
    public string? Code => Body?["code"]?.GetValue<string>();

    /// <summary>The body, when the status is this one.</summary>
    public JsonNode Expect(int status) => Status == status
        ? Body ?? JsonValue.Create("")
        : throw new InvalidOperationException($"Expected {status}, got {Status}: {Body?.ToJsonString()}");
}
