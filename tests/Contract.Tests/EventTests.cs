using System.Text.Json;
using Beat.Messaging.Shared.Events;
using Beat.Messaging.Shared.Hosting.Json;
using Microsoft.Extensions.DependencyInjection;
using Snapshooter;

namespace Beat.Messaging.Contract.Tests;

/// <summary>The shape of every event on the wire.</summary>
public sealed class EventTests
{
    private static readonly IReadOnlyList<EventRegistration> Registered = Registrations();

    public static TheoryData<string> Mirrored => [.. MirroredNames];

    internal static IEnumerable<string> MirroredNames => Registered.Select(e => e.WireName);

    [Theory, MemberData(nameof(Mirrored))]
    public void An_event_is_written_as_frozen(string wireName)
    {
        var (registration, payload) = Sample(wireName);
        var happened = JsonSerializer.Deserialize(payload, registration.Type, WireJson.Options)!;
        var key = registration.Key((Shared.Abstractions.IIntegrationEvent)happened);
        var written = EventEnvelope.Write(
            key, wireName, payload, EventSamples.Id(99), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "<aggregate>", 3, EventSamples.At);
        Snapshot.Match(
            Snapshots.Show(new JsonObject { ["topic"] = registration.Topic, ["key"] = key, ["value"] = JsonNode.Parse(written.Span) }),
            SnapshotNameExtension.Create(wireName));
    }

    /// <summary>The outbox keeps events as they are on the wire.</summary>
    [Theory, MemberData(nameof(Mirrored))]
    public void An_event_is_read_as_it_was_written(string wireName)
    {
        var (registration, payload) = Sample(wireName);
        var read = JsonSerializer.Deserialize(payload, registration.Type, WireJson.Options);
        Assert.Equal(JsonNode.Parse(payload)!.ToJsonString(), JsonSerializer.SerializeToNode(read, registration.Type, WireJson.Options)!.ToJsonString());
    }

    [Theory, MemberData(nameof(Mirrored))]
    public void A_sample_leaves_no_field_empty(string wireName)
    {
        var (_, payload) = Sample(wireName);
        Assert.All(JsonNode.Parse(payload)!.AsObject(), field => Assert.True(field.Value is not null, field.Key));
    }

    internal static IReadOnlyList<string> FieldsOf(string wireName) =>
        [.. JsonNode.Parse(Sample(wireName).Payload)!.AsObject().Select(field => field.Key)];

    private static (EventRegistration Registration, byte[] Payload) Sample(string wireName)
    {
        var registration = Registered.Single(e => e.WireName == wireName);
        var sample = EventSamples.All.SingleOrDefault(sample => sample.GetType() == registration.Type);
        Assert.True(sample is not null, $"{registration.Type.Name} has no sample: add one to {nameof(EventSamples)}.");
        return (registration, JsonSerializer.SerializeToUtf8Bytes(sample, registration.Type, WireJson.Options));
    }

    private static List<EventRegistration> Registrations()
    {
        var services = new ServiceCollection();
        foreach (var module in Host.Modules.All)
            module.Register(services);
        return [.. services.Where(service => service.ServiceType == typeof(EventRegistration)).Select(service => (EventRegistration)service.ImplementationInstance!)];
    }
}
