using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Beat.Messaging.Shared.Hosting.Auth;
using Microsoft.AspNetCore.Routing;

namespace Beat.Messaging.Integration.Tests.Input;

/// <summary>
/// Every field of every operation that the service documents × <see cref="Inputs"/>: no answer is a 5xx, each is one that the
/// document allows (<see cref="ApiContract"/>), and what the document does not allow to be sent is refused. Operations and fields
/// are read from the document, so a new route is fuzzed without a line here.
/// </summary>
public abstract class FuzzTests(RunningService running)
{
    private const int AtOnce = 12;

    /// <summary>Headers that any request may have. Each operation gets some of the inputs; all together, every one.</summary>
    private static readonly string[] CommonHeaders =
    [
        "X-Request-ID", "Accept", "Accept-Language", "Accept-Encoding", "Authorization", "Cookie", "Content-Type",
        "Content-Encoding", "If-Match", "If-None-Match", "Idempotency-Key", "Range", "Origin", "traceparent", "baggage",
        "X-Forwarded-For", "X-HTTP-Method-Override",
    ];

    private readonly Service service = running.Service;

    [SkippableFact]
    public async Task No_input_of_any_field_is_an_error_of_ours_or_answered_as_the_document_does_not_say()
    {
        var contract = await ApiContract.Of(service);
        var cast = await Cast.OfStaff(service);
        var shared = await Make(cast);
        var cases = new ConcurrentBag<(int Order, Case Case)>();
        // What changes things has a group of its own.
        await Parallel.ForEachAsync(
            contract.Operations.Index(), new ParallelOptions { MaxDegreeOfParallelism = 3 }, async (one, _) =>
        {
            var (index, operation) = one;
            var world = operation.Method == "GET" || !operation.Path.StartsWith("/api/", StringComparison.Ordinal)
                ? shared
                : await Make(cast);
            foreach (var (number, made) in Cases(contract, operation, index, world).Index())
                cases.Add((number, made));
        });
        Assert.True(cases.Count > 5_000, $"There are {cases.Count} cases.");

        using var http = NewClient();
        var faults = new ConcurrentBag<string>();
        // One after the other of each operation, all operations side by side: few wait for one row.
        await Parallel.ForEachAsync(
            cases.OrderBy(one => one.Order), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (one, ct) =>
        {
            if (await Fault(contract, http, one.Case, ct) is { } fault)
                faults.Add($"{one.Case.Operation.Name}, {one.Case.Field} = {one.Case.Input}: {fault}");
        });
        Assert.True(faults.IsEmpty, $"{faults.Count} of {cases.Count} cases:\n{string.Join('\n', faults.Order().Take(60))}");
    }

    [SkippableFact]
    public async Task Every_endpoint_is_in_the_document()
    {
        var documented = (await ApiContract.Of(service)).Operations.Select(operation => operation.Name);
        var routes = service.Services.GetServices<EndpointDataSource>()
            .Concat([service.Services.GetRequiredService<EndpointDataSource>()])
            .SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal)
                && endpoint.Metadata.GetMetadata<RequiredScope>() is not null)
            .SelectMany(
                endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods,
                (endpoint, method) => $"{method} {endpoint.RoutePattern.RawText}")
            .Distinct();
        Assert.Empty(routes.Except(documented));
    }

    [SkippableFact]
    public async Task What_no_client_library_sends_is_refused()
    {
        var ana = await service.Person("Ana");
        string[] chunks =
        [
            "ffffffffffffffff\r\n{}\r\n0\r\n\r\n", "7fffffffffffffff\r\n{}\r\n0\r\n\r\n", "80000000\r\n{}\r\n0\r\n\r\n",
            "fffffffffffffffffffff\r\n{}\r\n", "-1\r\n{}\r\n0\r\n\r\n", "zz\r\n{}\r\n0\r\n\r\n", "\r\n\r\n",
            "2;a=b\r\n{}xx\r\n0\r\n\r\n", "0x2\r\n{}\r\n0\r\n\r\n", " 2\r\n{}\r\n0\r\n\r\n", "2\n{}\n0\n\n",
        ];
        foreach (var path in new[] { "/api/groups", "/api/invites/accept", "/dev/tokens", "/api/notifications/read" })
        {
            foreach (var chunk in chunks)
            {
                var answer = await Raw(
                    $"{(path.EndsWith("read", StringComparison.Ordinal) ? "PUT" : "POST")} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {ana.Token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}");
                Assert.True(
                    answer.StartsWith("HTTP/1.1 400", StringComparison.Ordinal), $"{path} {Inputs.Show(chunk)}: {answer}");
            }
        }
        foreach (var header in new[] { "X-Request-ID: a\u0001b", "If-None-Match: \u00ff\u00fe",
            "Idempotency-Key: \u00ed\u00a0\u0080", "Cookie: a=\u0000", "Accept-Language: \u0007", "X-Y\u0001: 1", ": 1",
            "Content-Length: 99999999999999999999", "Content-Length: -1" })
        {
            var answer = await Raw(
                $"GET /api/groups HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {ana.Token}\r\n{header}\r\n\r\n");
            Assert.True(
                answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal)
                    || answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal), $"{Inputs.Show(header)}: {answer}");
        }
    }

    /// <summary>
    /// Begins anew where a busy store was too late for a step that it then took all the same, which a repeat finds done.
    /// </summary>
    private static async Task<World> Make(Cast cast)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await World.Make(cast);
            }
            catch (InvalidOperationException) when (attempt < 10)
            {
            }
        }
    }

    private static HttpClient NewClient() => new(new SocketsHttpHandler
    {
        RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        AllowAutoRedirect = false,
        UseCookies = false,
    });

    private static async Task<string?> Fault(ApiContract contract, HttpClient http, Case one, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = one.Request();
            HttpResponseMessage answer;
            try
            {
                answer = await http.SendAsync(request, ct);
            }
            catch (HttpRequestException broken)
            {
                return $"no answer: {broken.GetBaseException().Message}";
            }
            using (answer)
            {
                var (status, body) = ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(ct));
                // As the docs tell clients to: a busy machine makes a server late.
                if (status == 503 && body.Contains("store_unavailable", StringComparison.Ordinal) && attempt < 10)
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), ct);
                    continue;
                }
                // Refused by the server before anything of the service saw it; or another address altogether.
                if ((status == 400 && body.Length == 0)
                    || (one.MayBeElsewhere && status is 404 or 405 && body.Contains("\"code\":", StringComparison.Ordinal)))
                    return null;
                if (one.MustFail && status < 400)
                    return $"answered {status}, though the document does not allow it to be sent";
                return contract.Violation(one.Operation, status, answer.Content.Headers.ContentType?.ToString(), body);
            }
        }
    }

    private IEnumerable<Case> Cases(ApiContract contract, ApiOperation operation, int index, World world)
    {
        var caller = CallerOf(operation, world);
        var (path, body) = (RowOf(operation)?.PathValues(world) ?? [], Body());
        yield return Make("nothing", "as it should be", Address(path), body?.ToJsonString());

        foreach (var parameter in operation.Parameters)
        {
            var anyText = parameter.Schema.AsObject() is { Count: 1 } shape && (string?)shape["type"] == "string";
            var inputs = Inputs.Texts.Select(text => (
                Text: Uri.EscapeDataString(text), Shown: Inputs.Show(text),
                Fault: !anyText && contract.Violates(parameter.Schema, parameter.Read(text))));
            if (parameter.In != "header")
                inputs = inputs.Concat(Inputs.RawAddresses.Select(text => (text, text, false)));
            foreach (var (text, shown, isFault) in inputs)
            {
                // Those are other addresses, as clients and proxies read them.
                if (parameter.In == "path" && text is ("" or "." or ".."))
                    continue;
                if (parameter.In == "path")
                    yield return Make(
                        parameter.Name, shown, Address(new(path) { [parameter.Name] = text }),
                        body?.ToJsonString()) with
                    { MustFail = isFault, MayBeElsewhere = true };
                else if (parameter.In == "query")
                    yield return Make(
                        parameter.Name, shown, $"{Address(path)}?{parameter.Name}={text}") with
                    { MustFail = isFault };
            }
            if (parameter.In == "query")
                yield return Make(parameter.Name, "twice", $"{Address(path)}?{parameter.Name}=1&{parameter.Name}=2");
        }
        if (operation.Body is { } schema)
        {
            foreach (var raw in Inputs.RawBodies)
                yield return Make("body", Inputs.Show(Encoding.Latin1.GetString(raw)), Address(path), raw);
            foreach (var (field, whole) in Fields(contract, schema, BodyOf(contract, operation, schema, world)))
            {
                foreach (var raw in Inputs.Texts.Select(Inputs.Json).Concat(Inputs.RawValues))
                {
                    var json = whole(raw);
                    yield return Make(
                        field, Inputs.Show(raw), Address(path), json) with
                    {
                        MustFail = !IsPadded(raw) && Parse(json) is { } sent
                            && contract.Violates(schema, sent)
                    };
                }
            }
        }
        var documented = operation.Parameters.Where(parameter => parameter.In == "header").Select(parameter => parameter.Name)
            .ToList();
        foreach (var (number, header) in documented.Concat(CommonHeaders.Except(documented)).Index())
        {
            // Line ends and NUL are not written by the client: see What_no_client_library_sends_is_refused.
            foreach (var (position, text) in Inputs.Texts.Where(text => !text.AsSpan().ContainsAny("\0\r\n")).Index())
            {
                if (number < documented.Count || (position + number + index) % contract.Operations.Count < 3)
                    yield return Make(header, Inputs.Show(text), Address(path), body?.ToJsonString(), (header, text));
            }
        }

        string Address(Dictionary<string, string> values) => values.Aggregate(
            operation.Path, (address, value) => address.Replace($"{{{value.Key}}}", value.Value, StringComparison.Ordinal));

        JsonObject? Body() => operation.Body is { } of ? BodyOf(contract, operation, of, world) : null;

        Case Make(
            string field, string input, string address, object? content = null, (string Name, string Value)? header = null) =>
            new(operation, field, input, () => Request(operation, caller, address, content, header));
    }

    private HttpRequestMessage Request(
        ApiOperation operation, Person caller, string address, object? content, (string Name, string Value)? header)
    {
        var uri = new Uri(
            $"{service.Url.GetLeftPart(UriPartial.Authority)}{address}",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(new HttpMethod(operation.Method), uri);
        if (content is not null)
        {
            request.Content = new ByteArrayContent(content as byte[] ?? Encoding.UTF8.GetBytes((string)content));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", caller.Token);
        if (header is { } one)
        {
            if (one.Name.StartsWith("Content-", StringComparison.Ordinal))
            {
                request.Content?.Headers.Remove(one.Name);
                request.Content?.Headers.TryAddWithoutValidation(one.Name, one.Value);
            }
            else
            {
                request.Headers.Remove(one.Name);
                request.Headers.TryAddWithoutValidation(one.Name, one.Value);
            }
        }
        return request;
    }

    /// <summary>Each field of a body, those of objects within it too, with the body around a value for it.</summary>
    private static IEnumerable<(string Field, Func<string, string> Whole)> Fields(
        ApiContract contract, JsonNode schema, JsonObject body)
    {
        yield return ("unknown", raw => Inputs.With(body, "no_such_field", raw));
        foreach (var (name, of) in contract.Resolve(schema)["properties"]?.AsObject() ?? [])
        {
            yield return (name, raw => Inputs.With(body, name, raw));
            var inner = contract.Resolve(of!);
            if (inner["items"] is not null)
                yield return ($"{name}[0]", raw => Inputs.With(body, name, $"[{raw}]"));
            if (inner["properties"] is not null)
            {
                foreach (var (field, whole) in Fields(contract, inner, (JsonObject)Sample(contract, inner)!))
                    yield return ($"{name}.{field}", raw => Inputs.With(body, name, whole(raw)));
            }
        }
    }

    /// <summary>A body that is right: what the module's scenario sends, and what else must be in it.</summary>
    private static JsonObject BodyOf(ApiContract contract, ApiOperation operation, JsonNode schema, World world)
    {
        var body = (JsonObject)Sample(contract, schema)!;
        if (RowOf(operation)?.Body?.Invoke(world) is { } sent)
            foreach (var (name, value) in (JsonObject)JsonSerializer.SerializeToNode(sent)!)
                body[name] = value?.DeepClone();
        return body;
    }

    /// <summary>A value that its schema allows.</summary>
    private static JsonNode? Sample(ApiContract contract, JsonNode schema)
    {
        var shape = contract.Resolve(schema);
        if (shape["enum"] is JsonArray values)
            return values[0]!.DeepClone();
        return (shape["type"] is JsonArray types
            ? types.Select(type => (string)type!).First(type => type != "null")
            : (string?)shape["type"]) switch
        {
            "object" => new JsonObject((shape["required"]?.AsArray() ?? []).Select(required =>
                KeyValuePair.Create((string)required!, Sample(contract, shape["properties"]![(string)required!]!)))),
            "array" => new JsonArray(),
            "boolean" => true,
            "integer" => shape["minimum"]?.DeepClone() ?? 1,
            _ => (string?)shape["format"] switch
            {
                "uuid" => Guid.NewGuid(),
                "date-time" => "2099-01-01T00:00:00Z",
                "uri" => "https://example.org/a.png",
                _ => "x",
            },
        };
    }

    /// <summary>Somebody who may: what they send is looked at as far as it goes.</summary>
    private static Person CallerOf(ApiOperation operation, World world) =>
        RowOf(operation)?.Caller?.Invoke(world.Cast) ?? world.Cast.Owner;

    /// <summary>Null for what is no route of a module.</summary>
    private static RestRow? RowOf(ApiOperation operation) =>
        Scenarios.Routes.SingleOrDefault(row => row.Route == operation.Name.Replace(" /api", " ", StringComparison.Ordinal));

    /// <summary>Lengths are those of what is kept, without white space around it, which no schema can say.</summary>
    private static bool IsPadded(string raw) => raw.StartsWith("\" ", StringComparison.Ordinal);

    private static JsonNode? Parse(string json)
    {
        // Half a character and what is no JSON are refused as such: nothing for a schema to judge.
        if (json.Contains("\\ud", StringComparison.Ordinal))
            return null;
        try
        {
            return JsonNode.Parse(json, documentOptions: new() { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes what is given, each character a byte, and reads the beginning of the answer.</summary>
    private async Task<string> Raw(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(service.Url.Host, service.Url.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.Latin1);
        var answer = new char[2_000];
        return new string(answer, 0, await reader.ReadBlockAsync(answer).AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
    }

    /// <param name="MustFail">The document does not allow this input.</param>
    /// <param name="MayBeElsewhere">The input may make it the address of another operation, or of none.</param>
    private sealed record Case(
        ApiOperation Operation, string Field, string Input, Func<HttpRequestMessage> Request, bool MustFail = false,
        bool MayBeElsewhere = false);
}

/// <inheritdoc/>
public sealed class EmbeddedFuzzTests(EmbeddedService running) : FuzzTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealFuzzTests(RealService running) : FuzzTests(running), IClassFixture<RealService>;
