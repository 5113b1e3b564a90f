using System.Security.Claims;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Infrastructure.Json;
using Beat.Messaging.Shared.Infrastructure.Web;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace Beat.Messaging.Shared.Infrastructure.Realtime;

public static class RealtimeRegistration
{
    /// <summary>Adds SignalR with the feed beneath it.</summary>
    public static IServiceCollection AddRealtime<THub>(this IServiceCollection services, Func<ClaimsPrincipal, Caller> callerOf)
        where THub : Hub
    {
        services.AddSingleton<GroupFeed>();
        services.AddSingleton<Presence>().AddHostedService(provider => provider.GetRequiredService<Presence>());
        services.AddSingleton(callerOf);
        // Before AddSignalR, which adds its own only where there is none.
        services.AddSingleton<HubLifetimeManager<THub>, FeedLifetimeManager<THub>>();
        services.AddSingleton<HubProblems>();
        services
            .AddSignalR(options =>
            {
                options.MaximumReceiveMessageSize = Body<object>.MaxBytes;
                // More than one, so that a client need not wait for an answer; each starts in order and takes its place in the
                // queue before its first await.
                options.MaximumParallelInvocationsPerClient = 16;
                options.EnableDetailedErrors = false;
                options.DisableImplicitFromServicesParameters = true;
                options.AddFilter<HubProblems>();
            })
            .AddJsonProtocol(options => WireJson.Apply(options.PayloadSerializerOptions));
        return services;
    }
}
