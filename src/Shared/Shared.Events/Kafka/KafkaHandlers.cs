using System.Text.Json;
using Beat.Messaging.Shared.Hosting.Settings;
using Beat.Messaging.Shared.Hosting.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Beat.Messaging.Shared.Events.Kafka;

/// <summary>An event of another service.</summary>
/// <param name="InboxId">
/// What makes it one event however often it comes: its event id, or <c>broker/topic/partition/offset</c>.
/// </param>
/// <param name="OccurredAt">
/// As the other service says; the record's own time where it does not. Now, where that is more than five minutes ahead.
/// </param>
public sealed record KafkaMessage<TPayload>(TPayload Payload, string InboxId, DateTimeOffset OccurredAt);

/// <summary>
/// Reacts to one type of event from outside. Completes when the effect is durable, and makes it once however often it is called.
/// What fails goes to the dead letters at once, but for faults of what it depends on, which may pass.
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

    /// <summary>
    /// The payload is bound by the rules of its record, as a request is; only fields that it does not know are ignored.
    /// </summary>
    /// <param name="eventType">The wire name.</param>
    public KafkaTopic On<TPayload, THandler>(string eventType)
        where TPayload : class
        where THandler : class, IKafkaHandler<TPayload>
    {
        services.TryAddSingleton<THandler>();
        payloads.Add((eventType, typeof(TPayload)));
        handlers[eventType] = (provider, payload, inboxId, occurredAt, ct) => provider.GetRequiredService<THandler>().Handle(
            new KafkaMessage<TPayload>(Binder.Bind<TPayload>(payload, ignoresUnknown: true).Value, inboxId, occurredAt), ct);
        return this;
    }

    internal Func<IServiceProvider, JsonElement, string, DateTimeOffset, CancellationToken, Task>? Find(string eventType) =>
        handlers.GetValueOrDefault(eventType);
}

public static class KafkaRegistration
{
    /// <summary>The connection, the mirror, and room for consumers.</summary>
    public static IServiceCollection AddKafka(this IServiceCollection services, KafkaSettings settings)
    {
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<KafkaConnection>(provider, settings));
        services.AddHostedService(provider => provider.GetRequiredService<KafkaConnection>());
        return services.AddSingleton<KafkaMirror>();
    }

    /// <summary>A topic that a module reads.</summary>
    public static IServiceCollection AddKafkaConsumer(
        this IServiceCollection services, string topic, string group, Action<KafkaTopic> events)
    {
        var read = new KafkaTopic(services, topic, group);
        events(read);
        services.AddSingleton(read);
        services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<KafkaConsumer>(provider, read));
        return services;
    }
}
