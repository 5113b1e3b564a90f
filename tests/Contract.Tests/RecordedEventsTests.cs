using Beat.Messaging.Shared.Hosting.Auth;
using Microsoft.AspNetCore.Routing;

namespace Beat.Messaging.Contract.Tests;

/// <summary>What the platform's services really write about people, byte for byte, over the wire.</summary>
public sealed class RecordedEventsTests
{
    [Theory]
    [InlineData("user_created", "profile_created")]
    [InlineData("profile_created", "user_created")]
    public async Task People_are_known_in_either_order_of_their_events(string first, string second)
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Recorded/auth_events.ndjson"));
        var byType = lines.ToLookup(line => (string)JsonNode.Parse(line)!["event_type"]!);
        Assert.Equal([first, second], byType.Select(type => type.Key).OrderBy(type => type == second));
        var people = byType["profile_created"].Select(line => JsonNode.Parse(line)!["payload"]!)
            .Select(
                payload => (Id: (Guid)payload["profile_id"]!, AuthId: (string)payload["auth_id"]!,
                    Name: (string)payload["display_name"]!))
            .ToList();

        await using var service = await Service.Start();
        var strangers = await As(service, people[0].Id, people[0].AuthId).Post("/api/groups", Group("Too early"));
        Assert.Equal((404, "user_not_found"), (strangers.Status, strangers.Code));

        // One key, so that all are read in the order in which they are written. Once the last is known, the others were handled.
        var last = Guid.NewGuid();
        foreach (var line in byType[first].Concat(byType[second]).Append(
            new JsonObject
            {
                ["version"] = 1,
                ["event_type"] = "profile_created",
                ["payload"] = new JsonObject { ["profile_id"] = last, ["auth_id"] = $"{last}", ["display_name"] = "Last" },
                ["metadata"] = new JsonObject { ["source"] = "core_service" },
                ["occurred_at"] = "2026-11-23T09:50:43.1234567Z",
            }.ToJsonString()))
        {
            await KafkaProbe.Write(service.Kafka, "auth_events", line, key: "one");
        }
        var reader = As(service, last, $"{last}");
        await Until.True(
            async () => (await reader.Get($"/api/users?ids={last}")).Expect(200)["data"]!.AsArray().Count == 1,
            "the last person");

        foreach (var (id, authId, name) in people)
        {
            var known = (await reader.Get($"/api/users?ids={id}")).Expect(200)["data"]!.AsArray();
            Assert.Equal(name, (string?)Assert.Single(known)!["display_name"]);
            (await As(service, id, authId).Post("/api/groups", Group($"Of {name}"))).Expect(201);
        }
        var created = await KafkaProbe.ReadUntil(
            service.Kafka, "messaging_events",
            read => read.Count(record => (string?)record["value"]!["event_type"] == "group_created") == people.Count);
        Assert.Equal(
            people.Select(person => ($"{person.Id}", person.AuthId)).Order(),
            created.Select(record => record["value"]!).Where(value => (string?)value["event_type"] == "group_created")
                .Select(value => ((string)value["payload"]!["creator_id"]!, (string)value["payload"]!["creator_auth_id"]!))
                .Order());
    }

    /// <summary>A token alone, without the events that making one in development brings.</summary>
    private static Person As(Service service, Guid profileId, string authId) => new(service.Url, profileId, service.Services
        .GetRequiredService<DevelopmentIssuer>()
        .Issue(profileId, authId, null, "client", service.Services.GetRequiredService<EndpointDataSource>().FindScopes(),
            TimeSpan.FromHours(1)));

    private static object Group(string name) => new { name, description = "What we lend", is_public = false };
}
