using Beat.Messaging.Host;
using Beat.Messaging.Shared.Hosting.Auth;
using Beat.Messaging.Shared.Realtime;
using Microsoft.AspNetCore.Routing;

namespace Beat.Messaging.Integration.Tests.Access;

/// <summary>Tries every route and every hub method as everybody.</summary>
public abstract class AccessMatrixTests(RunningService running)
{
    private readonly Service service = running.Service;

    public static TheoryData<string> Routes => [.. Scenarios.Routes.Select(row => row.Route)];

    public static TheoryData<string> Methods => [.. Scenarios.HubMethods.Select(row => row.Method)];

    [SkippableFact]
    public void Every_endpoint_and_hub_method_has_a_row()
    {
        var routes = service.Services.GetServices<EndpointDataSource>()
            .Concat([service.Services.GetRequiredService<EndpointDataSource>()])
            .SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Distinct()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal)
                && endpoint.Metadata.GetMetadata<RequiredScope>() is not null)
            .SelectMany(
                endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods,
                (endpoint, method) => $"{method} {endpoint.RoutePattern.RawText!["/api".Length..]}")
            .Distinct();
        Same(routes, Scenarios.Routes.Select(row => row.Route), "routes", nameof(ModuleScenario.Routes));
        Same(
            RealtimeRegistration.HubMethods(typeof(MessagingHub)).Select(method => method.Name),
            Scenarios.HubMethods.Select(row => row.Method), "hub methods", nameof(ModuleScenario.HubMethods));

        static void Same(IEnumerable<string> served, IEnumerable<string> rows, string what, string where)
        {
            var (missing, unknown) = (served.Except(rows).Order().ToList(), rows.Except(served).Order().ToList());
            Assert.True(
                missing.Count == 0,
                $"Who may use these {what}? Give each a row in {where} of its module's scenario (src/Modules/X/X.Tests/XScenario.cs):\n{string.Join('\n', missing)}");
            Assert.True(unknown.Count == 0, $"There are no such {what}; their rows are left over:\n{string.Join('\n', unknown)}");
            Assert.Equal(rows.Distinct().Count(), rows.Count());
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Routes))]
    public async Task A_route_lets_in_whom_the_matrix_says(string route)
    {
        var row = Scenarios.Routes.Single(r => r.Route == route);
        var cast = await Cast.Of(service);
        var first = await World.Make(cast);
        var contract = await ApiContract.Of(service);

        var anonymous = new Person(service.Url, Guid.Empty, "");
        anonymous.Http.DefaultRequestHeaders.Authorization = null;
        var closed = await anonymous.Send(row.Method, $"/api/{row.Path(first)}", row.Body?.Invoke(first));
        Assert.Equal(401, closed.Status);
        Assert.Equal("unauthorized", closed.Code);
        Assert.True(closed.Headers.ContainsKey("WWW-Authenticate"));
        var powerless = await service.Person("Powerless", scopes: ["profile:create"]);
        var refused = await powerless.Send(row.Method, $"/api/{row.Path(first)}", row.Body?.Invoke(first));
        Assert.Equal(403, refused.Status);
        Assert.Equal("forbidden", refused.Code);

        World? unchanged = first;
        foreach (var (who, person, status) in row.Cells(cast))
        {
            var world = person == cast.Past ? await World.Make(cast, ofPastMember: true) : unchanged ?? await World.Make(cast);
            unchanged = person != cast.Past && (row.Method == HttpMethod.Get || status >= 400) ? world : null;
            var answer = await person.Send(row.Method, $"/api/{row.Path(world)}", row.Body?.Invoke(world));
            Assert.True(
                answer.Status == status,
                $"{route} as {who}: expected {status}, got {answer.Status} {answer.Body?.ToJsonString()}");
            Assert.Null(
                contract.Violation(
                    contract.Operation(route), answer.Status, answer.Headers.GetValueOrDefault("Content-Type"),
                    answer.Body?.ToJsonString() ?? ""));
        }
        if (row.OtherOwner != 0)
        {
            var other = await service.Person("Owner of another group");
            var othersGroup = await other.CreateGroup();
            var world = await World.Make(cast);
            world.OtherGroup = othersGroup;
            var answer = await other.Send(row.Method, $"/api/{(row.InOtherGroup ?? row.Path)(world)}", row.Body?.Invoke(world));
            Assert.True(
                answer.Status == row.OtherOwner,
                $"{route} as another group's owner: got {answer.Status} {answer.Body?.ToJsonString()}");
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Methods))]
    public async Task A_hub_method_lets_in_whom_the_matrix_says(string method)
    {
        var row = Scenarios.HubMethods.Single(r => r.Method == method);
        var cast = await Cast.Of(service);
        World? unchanged = null;
        foreach (var (who, person, status) in row.Cells(cast))
        {
            var world = person == cast.Past ? await World.Make(cast, ofPastMember: true) : unchanged ?? await World.Make(cast);
            unchanged = person != cast.Past && status >= 400 ? world : null;
            await using var socket = await person.Connect();
            if (status == 200)
                await socket.Call(method, row.Arguments(world));
            else
                Assert.True((int)(await socket.Refused(method, row.Arguments(world)))["status"]! == status, $"{method} as {who}");
        }
        var powerless = await service.Person("Powerless", scopes: ["group:view"]);
        await Assert.ThrowsAsync<HttpRequestException>(() => powerless.Connect());
    }
}

/// <inheritdoc/>
public sealed class EmbeddedAccessMatrixTests(EmbeddedService running)
    : AccessMatrixTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealAccessMatrixTests(RealService running) : AccessMatrixTests(running), IClassFixture<RealService>;
