using Beat.Messaging.Shared.Hosting.Settings;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Beat.Messaging.Shared.Hosting.Auth;

/// <summary>Who may come in: bearer tokens, scopes, browsers' origins.</summary>
public static class IdentityRegistration
{
    /// <summary>The header <c>typ</c>, which tells access tokens from refresh tokens.</summary>
    internal const string TokenType = "access";

    /// <summary>
    /// Every endpoint is closed unless it says <c>AllowAnonymous</c>, and may take a <c>Caller</c> as a parameter. Where the
    /// settings name no auth service, a <see cref="DevelopmentIssuer"/> is registered.
    /// </summary>
    public static IServiceCollection AddIdentity(this IServiceCollection services, MessagingSettings settings, SecretKey secret)
    {
        services.TryAddSingleton(TimeProvider.System);
        if (settings.Identity.JwksUrl is null)
            services.AddSingleton(
                provider => new DevelopmentIssuer(secret, settings.Identity, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new SigningKeys(
            settings.Identity.JwksUrl,
            provider.GetService<DevelopmentIssuer>() is { } issuer ? [issuer.PublicKey] : [],
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SigningKeys>>()));
        services.TryAddSingleton<DeletedProfiles>();
        services.AddSingleton<AccessTokenEvents>();
        // AddAuthentication would bring data protection along: keys on disk that nothing here uses, and warnings about them.
        services.AddAuthenticationCore(options => options.DefaultScheme = JwtBearerDefaults.AuthenticationScheme)
            .AddWebEncoders();
        new AuthenticationBuilder(
            services).AddScheme<JwtBearerOptions, JwtBearerHandler>(JwtBearerDefaults.AuthenticationScheme, _ => { });
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<SigningKeys>((options, keys) => ConfigureValidation(options, settings.Identity, keys));
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, ProblemAuthorizationResultHandler>();
        services.AddHttpContextAccessor();
        services.AddScoped(provider => provider.GetRequiredService<IHttpContextAccessor>().HttpContext!.Caller());
        services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins([.. settings.CorsOrigins]).AllowAnyHeader().AllowAnyMethod()
            // SignalR's browser client asks for it, though no cookie counts here.
            .AllowCredentials()
            .WithExposedHeaders(
                "Location", "ETag", "Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "X-Request-ID",
                "WWW-Authenticate", "Idempotency-Replayed")));
        // It writes the whole address of every request, tokens of sockets included.
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning));
        return services;
    }

    /// <summary>After <c>UseProblems</c>, before anything that answers with data.</summary>
    public static WebApplication UseIdentity(this WebApplication app, MessagingSettings settings)
    {
        app.UseMiddleware<HubOriginMiddleware>(settings.CorsOrigins);
        app.UseCors();
        app.UseAuthentication();
        app.UseAuthorization();
        app.Lifetime.ApplicationStarted.Register(app.Services.GetRequiredService<SigningKeys>().StartFetch);
        if (app.Services.GetService<DevelopmentIssuer>() is { PublicKey: var key })
            app.MapGet(IdentitySettings.JwksPath,
                () => new { keys = new[] { new { key.Kty, key.Crv, key.Alg, key.Use, key.Kid, key.X, key.Y } } })
                .AllowAnonymous().WithName("DevelopmentKeys").WithTags("System");
        return app;
    }

    private static void ConfigureValidation(JwtBearerOptions options, IdentitySettings settings, SigningKeys keys)
    {
        options.MapInboundClaims = false;
        options.SaveToken = false;
        options.EventsType = typeof(AccessTokenEvents);
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.EcdsaSha256],
            ValidTypes = [TokenType],
            ValidateIssuer = settings.Issuer is not null,
            ValidIssuer = settings.Issuer,
            ValidateAudience = settings.Audience is not null,
            ValidAudience = settings.Audience,
            RequireExpirationTime = true,
            ClockSkew = TimeSpan.FromSeconds(5),
            TryAllIssuerSigningKeys = false,
            IssuerSigningKeyResolver = (_, _, keyId, _) => keys.Find(keyId) is { } key ? [key] : [],
        };
    }
}
