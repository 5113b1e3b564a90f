using Microsoft.AspNetCore.Builder;
namespace Beat.Messaging.Shared.Infrastructure.Auth;
public static class TmpScope { public static T RequireScope<T>(this T b, string scope) where T : IEndpointConventionBuilder { b.WithMetadata(scope); return b; } }
