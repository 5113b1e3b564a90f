using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Shared.Hosting.Web;

/// <summary>Takes or makes the <c>X-Request-ID</c>, puts it on every log line of the request, and echoes it.</summary>
internal sealed class RequestId(RequestDelegate next, ILogger<RequestId> logger)
{
    private const string Header = "X-Request-ID";

    public async Task InvokeAsync(HttpContext context)
    {
        var sent = context.Request.Headers[Header].ToString();
        var id = sent.Length is >= 1 and <= 128 && sent.All(c => c is >= '!' and <= '~')
            ? sent
            : Guid.CreateVersion7().ToString();
        context.TraceIdentifier = id;
        // Set late, because the exception handler clears the headers.
        context.Response.OnStarting(() =>
        {
            context.Response.Headers[Header] = id;
            return Task.CompletedTask;
        });
        using (logger.BeginScope(new KeyValuePair<string, object>[] { new("request_id", id) }))
            await next(context);
    }
}
