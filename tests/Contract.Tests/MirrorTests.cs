namespace Beat.Messaging.Contract.Tests;

/// <summary>What really came to Kafka is what was frozen.</summary>
[Collection(nameof(ContractScenario))]
public sealed class MirrorTests(ContractScenario story)
{
    /// <summary>What takes hours or days, or a person's end, is in the tests of its module.</summary>
    private static readonly string[] NotInTheStory = ["invite_expired", "invite_resent", "borrow_due", "user_deleted"];

    [Fact]
    public void The_story_holds_every_event() => Assert.Equal(
        EventTests.MirroredNames.Except(NotInTheStory).Order(),
        story.Mirrored.Select(mirrored => TypeOf(mirrored.Record)).Distinct().Order());

    [Fact]
    public void Payloads_have_the_fields_of_their_samples() => Assert.All(story.Mirrored, mirrored => Assert.Equal(
        EventTests.FieldsOf(TypeOf(mirrored.Record)),
        mirrored.Record["value"]!["payload"]!.AsObject().Select(field => field.Key)));

    [Fact]
    public void Records_are_keyed_by_group_or_person() => Assert.All(story.Mirrored, mirrored =>
    {
        var value = mirrored.Record["value"]!;
        var payload = value["payload"]!;
        var key = TypeOf(mirrored.Record) switch
        {
            "notification_created" => payload["metadata"]!["recipient_id"],
            "notification_withdrawn" => payload["recipient_id"],
            "user_recorded" => payload["profile_id"],
            _ => payload["group_id"],
        };
        Assert.Equal((string?)key, (string?)value["key"]);
        Assert.Equal((string?)key, (string?)mirrored.Record["key"]);
    });

    [Fact]
    public void Headers_are_those_of_the_platform() => Assert.All(story.Mirrored, mirrored =>
    {
        var (headers, value) = (mirrored.Record["headers"]!, mirrored.Record["value"]!);
        Assert.Equal(TypeOf(mirrored.Record), (string?)headers["event-type"]);
        Assert.Equal((string?)value["metadata"]!["event_id"], (string?)headers["event-id"]);
        Assert.Equal("messaging_service", (string?)headers["source"]);
        Assert.Equal("application/json", (string?)headers["content-type"]);
    });

    [Fact]
    public void Every_aggregate_is_named_and_counted()
    {
        Assert.All(story.Mirrored, mirrored =>
        {
            var payload = mirrored.Record["value"]!["payload"]!;
            var expected = TypeOf(mirrored.Record) switch
            {
                "group_created" or "group_updated" or "group_deleted" => $"{payload["group_id"]}",
                "member_joined" or "member_left" or "kick_member" or "change_role" or "ownership_transferred" => $"{payload["group_id"]}:members",
                "invite_accepted" or "invite_declined" or "invite_revoked" => $"{payload["invite_id"]}",
                "reaction_changed" => $"{payload["message_id"]}",
                "user_recorded" => $"{payload["profile_id"]}",
                // The loan, the row of the ledger, and a request to come in have ids of their own.
                "borrow_changed" or "points_awarded" or "entry_requested" or "entry_decided" => null,
                _ => $"{payload["id"]}",
            };
            var named = (string?)mirrored.Record["value"]!["metadata"]!["aggregate_id"];
            if (expected is null)
                Assert.DoesNotContain(Guid.Parse(named!).ToString(), payload.ToJsonString(), StringComparison.Ordinal);
            else
                Assert.Equal(expected, named);
        });
        // Nothing else makes an event of these: without gaps, from 1.
        foreach (var aggregate in story.Mirrored.GroupBy(mirrored => (string)mirrored.Record["value"]!["metadata"]!["aggregate_id"]!))
        {
            var versions = aggregate.Select(mirrored => (long)mirrored.Record["value"]!["metadata"]!["aggregate_version"]!);
            Assert.Equal(Enumerable.Range(1, aggregate.Count()).Select(version => (long)version), versions);
        }
    }

    private static string TypeOf(JsonNode record) => (string)record["value"]!["event_type"]!;
}
