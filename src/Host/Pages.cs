namespace Beat.Messaging.Host;

/// <summary>
/// The files of <c>wwwroot</c>, under a policy that lets a page load nothing from elsewhere and run nothing inline.
/// </summary>
internal static class Pages
{
    private const string Policy = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    /// <summary>Open without a token: before everything that asks for one.</summary>
    public static void UsePages(this WebApplication app)
    {
        app.UseDefaultFiles();
        app.UseStaticFiles(new StaticFileOptions
        {
            OnPrepareResponse = static file =>
            {
                var headers = file.Context.Response.Headers;
                headers.ContentSecurityPolicy = Policy;
                headers.XContentTypeOptions = "nosniff";
                headers["Referrer-Policy"] = "no-referrer";
                headers.CacheControl = "no-cache";
            },
        });
    }
}
