using System.Text.Json;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Events;
using Beat.Messaging.Shared.Hosting.Json;

namespace Beat.Messaging.Contract.Tests;

/// <summary>The shape of every event on the wire.</summary>
public sealed class EventTests
{
    public static TheoryData<string> Names => [.. Mirrored.Select(registered => registered.WireName)];

    internal static IReadOnlyList<EventRegistration> Mirrored { get; } = Registrations();

    [Theory, MemberData(nameof(Names))]
    public void An_event_is_written_as_frozen(string wireName)
    {
        var (registration, payload) = Serialized(wireName);
        var happened = JsonSerializer.Deserialize(payload, registration.Type, WireJson.Options)!;
        var key = registration.Key((IIntegrationEvent)happened);
        var written = EventEnvelope.Write(
            key, wireName, payload, Sample.Id(99), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "<aggregate>", 3,
            Sample.At);
        Snapshots.Match(
            new JsonObject { ["topic"] = registration.Topic, ["key"] = key, ["value"] = JsonNode.Parse(written.Span) }, wireName);
    }

    /// <summary>The outbox keeps events as they are on the wire.</summary>
    [Theory, MemberData(nameof(Names))]
    public void An_event_is_read_as_it_was_written(string wireName)
    {
        var (registration, payload) = Serialized(wireName);
        var read = JsonSerializer.Deserialize(payload, registration.Type, WireJson.Options);
        Assert.Equal(
            JsonNode.Parse(payload)!.ToJsonString(),
            JsonSerializer.SerializeToNode(read, registration.Type, WireJson.Options)!.ToJsonString());
    }

    [Theory, MemberData(nameof(Names))]
    public void A_sample_leaves_no_field_empty(string wireName)
    {
        var (_, payload) = Serialized(wireName);
        Assert.All(JsonNode.Parse(payload)!.AsObject(), field => Assert.True(field.Value is not null, field.Key));
    }

    internal static IReadOnlyList<string> FieldsOf(string wireName) =>
        [.. JsonNode.Parse(Serialized(wireName).Payload)!.AsObject().Select(field => field.Key)];

    internal static EventSample SampleOf(string wireName)
    {
        var registration = Mirrored.Single(e => e.WireName == wireName);
        var sample = Scenarios.All.SelectMany(scenario => scenario.Samples)
            .SingleOrDefault(sample => sample.Event.GetType() == registration.Type);
        Assert.True(
            sample is not null,
            $"{registration.Type.Name} has no sample: add one to {nameof(ModuleScenario.Samples)} of {Scenarios.FileOf(registration.Module)}.");
        return sample;
    }

    private static (EventRegistration Registration, byte[] Payload) Serialized(string wireName)
    {
        var registration = Mirrored.Single(e => e.WireName == wireName);
        return (registration, JsonSerializer.SerializeToUtf8Bytes(SampleOf(wireName).Event, registration.Type, WireJson.Options));
    }

    private static List<EventRegistration> Registrations()
    {
        var services = new ServiceCollection();
        foreach (var module in Host.Modules.All)
            module.Register(services);
        return
        [
            .. services.Where(service => service.ServiceType == typeof(EventRegistration))
                .Select(service => (EventRegistration)service.ImplementationInstance!),
        ];
    }
}
