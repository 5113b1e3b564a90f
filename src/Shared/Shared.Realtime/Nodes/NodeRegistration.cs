using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Beat.Messaging.Shared.Realtime.Nodes;

/// <summary>The backplane between the nodes of one service.</summary>
public static class NodeRegistration
{
    /// <param name="redisUrl">Null: this node is the only one.</param>
    public static IServiceCollection AddNodeBackplane(this IServiceCollection services, string? redisUrl)
    {
        if (redisUrl is null)
        {
            services.TryAddSingleton<INodeBackplane, SingleNodeBackplane>();
            return services;
        }
        services.AddSingleton(provider => new RedisConnection(redisUrl, provider.GetRequiredService<ILogger<RedisConnection>>()));
        services.AddSingleton<RedisBackplane>()
            .AddSingleton<INodeBackplane>(provider => provider.GetRequiredService<RedisBackplane>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<RedisBackplane>());
        return services;
    }
}
