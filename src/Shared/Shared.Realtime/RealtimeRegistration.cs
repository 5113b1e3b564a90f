using System.Reflection;
using Beat.Messaging.Shared.Hosting.Auth;
using Beat.Messaging.Shared.Hosting.Json;
using Beat.Messaging.Shared.Hosting.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Beat.Messaging.Shared.Realtime;

/// <summary>SignalR with the group feed beneath it.</summary>
public static class RealtimeRegistration
{
    /// <param name="redisUrl">What other nodes are reached by; null: this is the only one.</param>
    public static ISignalRServerBuilder AddRealtime<THub>(this IServiceCollection services, string? redisUrl = null)
        where THub : Hub
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddNodeBackplane(redisUrl);
        if (redisUrl is not null)
            services.AddHostedService<RedisPresence>();
        services.AddSingleton<GroupFeed>().AddSingleton<Presence>().AddSingleton<Focus>().AddSingleton<PresenceAnnouncer>();
        services.TryAddSingleton<DeletedProfiles>();
        services.AddSingleton<HubProblemFilter>();
        // Before AddSignalR, which adds its own only where there is none.
        services.AddSingleton<HubLifetimeManager<THub>, FeedLifetimeManager<THub>>();
        // It calls every refusal an error; the filter logs those that are.
        services.Configure<LoggerFilterOptions>(filters =>
            filters.AddFilter("Microsoft.AspNetCore.SignalR.Internal.DefaultHubDispatcher", LogLevel.None));
        return services
            .AddSignalR(options =>
            {
                options.EnableDetailedErrors = false;
                options.MaximumReceiveMessageSize = Body<object>.MaxBytes;
                options.KeepAliveInterval = TimeSpan.FromSeconds(15);
                options.ClientTimeoutInterval = TimeSpan.FromSeconds(30);
                // A client need not wait for one answer before it sends the next: each invocation runs up to its first await,
                // where it has its place in a queue, before the next one starts.
                options.MaximumParallelInvocationsPerClient = 16;
                options.DisableImplicitFromServicesParameters = true;
                options.AddFilter<HubProblemFilter>();
            })
            .AddJsonProtocol(options =>
            {
                WireJson.Apply(options.PayloadSerializerOptions);
                // The binder refuses them, and can say where; SignalR would answer with words of its own.
                options.PayloadSerializerOptions.AllowDuplicateProperties = true;
            });
    }

    /// <summary>Maps the hub; a connection closes within 5 s of the expiry of its token.</summary>
    /// <param name="scope">What a token needs to connect.</param>
    /// <exception cref="InvalidOperationException">A method of the hub lacks <see cref="RequiresScopeAttribute"/>.</exception>
    public static HubEndpointConventionBuilder MapGroupFeed<THub>(this IEndpointRouteBuilder routes, string path, string scope)
        where THub : Hub
    {
        foreach (var method in HubMethods(typeof(THub)))
            RequiresScopeAttribute.Of(method);
        // A heartbeat of SignalR looks once a second.
        return routes.MapHub<THub>(path, options => options.CloseOnAuthenticationExpiration = true).RequireScope(scope);
    }

    /// <summary>The methods that clients can call.</summary>
    public static IEnumerable<MethodInfo> HubMethods(Type hub) => hub
        .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .Where(method => !method.IsSpecialName && method.GetBaseDefinition().DeclaringType == hub);

    /// <summary>The feed's side of a hub's caller.</summary>
    public static FeedConnection Connection(this HubCallerContext context) =>
        context.Features.GetRequiredFeature<FeedConnection>();
}
