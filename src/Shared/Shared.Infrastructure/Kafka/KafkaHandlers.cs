using System.Text.Json;
using Beat.Messaging.Shared.Infrastructure.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Beat.Messaging.Shared.Infrastructure.Kafka;

/// <summary>An event of another service.</summary>
/// <param name="InboxId">
/// What makes it one event however often it comes: its event id, or <c>broker/topic/partition/offset</c>.
/// </param>
/// <param name="OccurredAt">As the other service says; the record's own time where it does not.</param>
public sealed record KafkaMessage<TPayload>(TPayload Payload, string InboxId, DateTimeOffset OccurredAt);

/// <summary>
/// Reacts to one type of event from outside. Completes when the effect is durable, and makes it once however often it is called.
/// A <see cref="Abstractions.ProblemException"/> is for good and goes to the dead letters at once; other failures are tried again.
/// </summary>
public interface IKafkaHandler<TPayload>
{
    Task Handle(KafkaMessage<TPayload> message, CancellationToken ct);
}

/// <summary>What a module reads of one topic, in its own consumer group.</summary>
public sealed class KafkaTopic(IServiceCollection services, string topic, string group)
{
    private readonly Dictionary<string, Func<IServiceProvider, JsonElement, string, DateTimeOffset, CancellationToken, Task>> handlers = [];
    private readonly List<(string EventType, Type Payload)> payloads = [];

    public string Topic => topic;

    public string Group => group;

    /// <summary>The types of events that are read, by wire name.</summary>
    public IReadOnlyList<(string EventType, Type Payload)> Payloads => payloads;

    /// <param name="eventType">The wire name.</param>
    public KafkaTopic On<TPayload, THandler>(string eventType)
        where THandler : class, IKafkaHandler<TPayload>
    {
        services.TryAddSingleton<THandler>();
        payloads.Add((eventType, typeof(TPayload)));
        handlers[eventType] = (provider, payload, inboxId, occurredAt, ct) => provider.GetRequiredService<THandler>().Handle(
            new KafkaMessage<TPayload>(
                payload.Deserialize<TPayload>(WireJson.Options) ?? throw new JsonException("The payload is null."), inboxId, occurredAt),
            ct);
        return this;
    }

    internal Func<IServiceProvider, JsonElement, string, DateTimeOffset, CancellationToken, Task>? Find(string eventType) =>
        handlers.GetValueOrDefault(eventType);
}

public static class KafkaRegistration
{
    /// <summary>The connection, the mirror, and room for consumers.</summary>
    public static IServiceCollection AddKafka(this IServiceCollection services, Settings.KafkaSettings settings)
    {
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<KafkaConnection>(provider, settings));
        services.AddHostedService(provider => provider.GetRequiredService<KafkaConnection>());
        return services.AddSingleton<KafkaMirror>();
    }

    /// <summary>A topic that a module reads.</summary>
    public static IServiceCollection AddKafkaConsumer(this IServiceCollection services, string topic, string group, Action<KafkaTopic> events)
    {
        var read = new KafkaTopic(services, topic, group);
        events(read);
        services.AddSingleton(read);
        services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<KafkaConsumer>(provider, read));
        return services;
    }
}
