using Beat.Messaging.Shared.Hosting.Web;

namespace Beat.Messaging.Shared.Hosting.Auth;

/// <summary>
/// Browsers cannot set headers on a WebSocket and are not held back by CORS there. So on the hub's paths the token may come as
/// <c>access_token</c> in the query, and a page's <c>Origin</c> must be this service's own or an allowed one.
/// </summary>
internal sealed class HubOriginMiddleware(RequestDelegate next, IReadOnlyList<string> origins)
{
    private const string QueryToken = "access_token";

    private static readonly PathString[] HubPaths = ["/hubs/messaging", "/socket"];

    private readonly HashSet<string> allowed = new(origins, StringComparer.OrdinalIgnoreCase);

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var isHub = HubPaths.Any(path => request.Path.StartsWithSegments(path));
        if (request.Query.TryGetValue(QueryToken, out var token))
        {
            // Taken out of the address wherever it stands, so that nothing that comes later can write it down.
            request.QueryString = QueryString.Create(
                request.Query.Where(pair => !pair.Key.Equals(QueryToken, StringComparison.OrdinalIgnoreCase)));
            if (isHub && request.Headers.Authorization.Count == 0)
                request.Headers.Authorization = $"Bearer {token}";
        }
        return isHub && !IsAllowed(request)
            ? context.Write(
                Problems.Forbidden.WithDetail("Pages of this origin may not connect; Cors:Origins names those that may."))
            : next(context);
    }

    private bool IsAllowed(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 || allowed.Contains(origin)
            || (Uri.TryCreate(origin, UriKind.Absolute, out var page)
                && page.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase)
                // A proxy may have taken off TLS: then the page says https, and the request http.
                && (page.Scheme == request.Scheme || page.Scheme == Uri.UriSchemeHttps));
    }
}
