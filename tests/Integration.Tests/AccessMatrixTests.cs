using Beat.Messaging.Host;
using Beat.Messaging.Shared.Hosting.Auth;
using Beat.Messaging.Shared.Realtime;
using Microsoft.AspNetCore.Routing;

namespace Beat.Messaging.Integration.Tests;

/// <summary>Tries every route and every hub method as everybody.</summary>
public abstract class AccessMatrixTests(RunningService running)
{
    private readonly Service service = running.Service;

    public static TheoryData<string> Routes => [.. AccessMatrix.Rest.Select(row => row.Route)];

    public static TheoryData<string> Methods => [.. AccessMatrix.Hub.Select(row => row.Method)];

    [SkippableFact]
    public void Every_endpoint_and_hub_method_has_a_row()
    {
        var routes = service.Services.GetServices<EndpointDataSource>().Concat([service.Services.GetRequiredService<EndpointDataSource>()])
            .SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Distinct()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal) && endpoint.Metadata.GetMetadata<RequiredScope>() is not null)
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods, (endpoint, method) => $"{method} {endpoint.RoutePattern.RawText!["/api".Length..]}")
            .Distinct();
        Assert.Equal(routes.Order(), AccessMatrix.Rest.Select(row => row.Route).Order());
        Assert.Equal(RealtimeRegistration.HubMethods(typeof(MessagingHub)).Select(method => method.Name).Order(), AccessMatrix.Hub.Select(row => row.Method).Order());
    }

    [SkippableTheory]
    [MemberData(nameof(Routes))]
    public async Task A_route_lets_in_whom_the_matrix_says(string route)
    {
        var row = AccessMatrix.Rest.Single(r => r.Route == route);
        var cast = await People();
        var first = await Make(cast);
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
            var world = person == cast.Past ? await MakeFor(person, cast) : unchanged ?? await Make(cast);
            unchanged = person != cast.Past && (row.Method == HttpMethod.Get || status >= 400) ? world : null;
            var answer = await person.Send(row.Method, $"/api/{row.Path(world)}", row.Body?.Invoke(world));
            Assert.True(answer.Status == status, $"{route} as {who}: expected {status}, got {answer.Status} {answer.Body?.ToJsonString()}");
            Assert.Null(contract.Violation(contract.Operation(route), answer.Status, answer.Headers.GetValueOrDefault("Content-Type"), answer.Body?.ToJsonString() ?? ""));
        }
        if (row.OtherOwner != 0)
        {
            var other = await service.Person("Owner of another group");
            var othersGroup = await other.CreateGroup();
            var world = await Make(cast) with { OtherGroup = othersGroup };
            var answer = await other.Send(row.Method, $"/api/{(row.InOtherGroup ?? row.Path)(world)}", row.Body?.Invoke(world));
            Assert.True(answer.Status == row.OtherOwner, $"{route} as another group's owner: got {answer.Status} {answer.Body?.ToJsonString()}");
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Methods))]
    public async Task A_hub_method_lets_in_whom_the_matrix_says(string method)
    {
        var row = AccessMatrix.Hub.Single(r => r.Method == method);
        var cast = await People();
        World? unchanged = null;
        foreach (var (who, person, status) in row.Cells(cast))
        {
            var world = person == cast.Past ? await MakeFor(person, cast) : unchanged ?? await Make(cast);
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

    private async Task<Cast> People() => new(
        await service.Person("Stranger"), await service.Person("Removed"), await service.Person("Member"), await service.Person("Moderator"),
        await service.Person("Admin"), await service.Person("Owner"), await service.Person("Target"), await service.Person("Invitee"),
        await service.Person("Past"));

    private static async Task<World> MakeFor(Person person, Cast cast)
    {
        var world = await Make(cast);
        if (person != cast.Past)
            return world;
        var invited = (await cast.Owner.Post($"/api/groups/{world.Group}/invites", new { invitee_id = person.Id, role = "moderator" })).Expect(201);
        var invite = (await person.Post($"/api/invites/{invited["id"]}/accept")).Expect(200);
        var message = await person.SendText(world.Group, "Mine");
        var offer = await Offer(person, world.Group);
        (await cast.Member.Post($"/api/groups/{world.Group}/messages/{offer}/borrow/accept")).Expect(200);
        var notification = (await person.Get("/api/notifications?type=group_invite&limit=1")).Expect(200)["data"]![0]!["id"]!;
        (await cast.Owner.Delete($"/api/groups/{world.Group}/members/{person.Id}")).Expect(200);
        return world with
        {
            Message = message["id"]!.GetValue<Guid>(),
            Offer = offer,
            Invite = invite["id"]!.GetValue<Guid>(),
            InviteToken = (string)invite["token"]!,
            Notification = notification.GetValue<Guid>(),
        };
    }

    private static async Task<Guid> Offer(Person lender, Guid group) => (await lender.Post($"/api/groups/{group}/messages", new
    {
        type = "borrow",
        content = "Who wants it?",
        garment_id = Guid.NewGuid(),
        borrow = new { kind = "offer" },
        client_message_id = $"{Guid.NewGuid()}",
    })).Expect(201)["id"]!.GetValue<Guid>();

    internal static async Task<World> Make(Cast cast)
    {
        var group = await cast.Owner.CreateGroup($"{Guid.NewGuid()}");
        await cast.Owner.Invite(group, cast.Removed);
        await cast.Owner.Invite(group, cast.Member);
        await cast.Owner.Invite(group, cast.Moderator, "moderator");
        await cast.Owner.Invite(group, cast.Admin, "admin");
        await cast.Owner.Invite(group, cast.Target);
        (await cast.Owner.Delete($"/api/groups/{group}/members/{cast.Removed.Id}")).Expect(200);
        var message = await cast.Member.SendText(group, "Mine");
        var offer = await Offer(cast.Member, group);
        var invite = (await cast.Member.Post($"/api/groups/{group}/invites", new { invitee_id = cast.Invitee.Id })).Expect(201);
        var notification = (await cast.Invitee.Get("/api/notifications?limit=1")).Expect(200)["data"]![0]!;
        return new World(
            group, group, message["id"]!.GetValue<Guid>(), offer, invite["id"]!.GetValue<Guid>(), (string)invite["token"]!,
            notification["id"]!.GetValue<Guid>(), cast);
    }
}

/// <inheritdoc/>
public sealed class EmbeddedAccessMatrixTests(EmbeddedService running) : AccessMatrixTests(running), IClassFixture<EmbeddedService>;

/// <inheritdoc/>
[Collection(RealServers.Name)]
public sealed class RealAccessMatrixTests(RealService running) : AccessMatrixTests(running), IClassFixture<RealService>;
