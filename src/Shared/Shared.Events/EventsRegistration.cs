using Beat.Messaging.Shared.Events.Kafka;
using Beat.Messaging.Shared.Events.Persistence;
using Beat.Messaging.Shared.Hosting.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Beat.Messaging.Shared.Events;

/// <summary>The outbox, the relay and Kafka, for all modules.</summary>
public static class EventsRegistration
{
    /// <param name="stores">Where the modules' tables are.</param>
    public static IServiceCollection AddEvents(this IServiceCollection services, KafkaSettings kafka, StoreLocations stores) =>
        services
        .AddSingleton(stores)
        .AddSingleton<EventRegistry>().AddSingleton<Outbox>().AddSingleton<EventBus>().AddSingleton<InlineDeliveries>()
        .AddSingleton<RelaySignal>()
        .AddSingleton<ReplicaSeeder>().AddSingleton<StoreStartup>()
        .AddKafka(kafka)
        .AddSingleton<RelayLeases>().AddHostedService(provider => provider.GetRequiredService<RelayLeases>())
        .AddSingleton<EventBacklog>().AddHostedService<EventRelay>();
}
