using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Beat.Messaging.Shared.Realtime.Nodes;

/// <summary>The link between the nodes of one service.</summary>
public static class NodeRegistration
{
    /// <param name="redisUrl">Null: this node is the only one.</param>
    public static IServiceCollection AddNodeLink(this IServiceCollection services, string? redisUrl)
    {
        if (redisUrl is null)
        {
            services.TryAddSingleton<INodeLink, NoOtherNodes>();
            return services;
        }
        services.AddSingleton(provider => new RedisConnection(redisUrl, provider.GetRequiredService<ILogger<RedisConnection>>()));
        services.AddSingleton<RedisLink>().AddSingleton<INodeLink>(provider => provider.GetRequiredService<RedisLink>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<RedisLink>());
        return services;
    }
}
