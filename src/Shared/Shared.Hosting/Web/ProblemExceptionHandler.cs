using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Shared.Hosting.Web;

/// <summary>Turns what was thrown into the documented problem; only a fault of this service is a 500, and is logged.</summary>
public sealed partial class ProblemExceptionHandler(ILogger<ProblemExceptionHandler> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var problem = ToProblem(exception);
        if (problem.Status == StatusCodes.Status500InternalServerError)
            LogFault(exception, httpContext.Request.Method, httpContext.Request.Path);
        else if (problem.Status == StatusCodes.Status503ServiceUnavailable)
            LogUnavailable(exception, httpContext.Request.Method, httpContext.Request.Path);
        await httpContext.Write(problem);
        return true;
    }

    public static Problem ToProblem(Exception exception) => exception switch
    {
        ProblemException refused => refused.Problem,
        StoreUnavailableException or TimeoutException => Problems.StoreUnavailable,
        BadHttpRequestException bad => ToProblem(bad),
        _ => Problems.Internal,
    };

    private static Problem ToProblem(BadHttpRequestException bad)
    {
        if (bad.StatusCode == StatusCodes.Status413PayloadTooLarge)
            return Body<object>.TooLarge;
        if (bad.StatusCode == StatusCodes.Status415UnsupportedMediaType)
            return Problems.UnsupportedMediaType;
        // Which parameter it was is told in the framework's message only.
        if (Unbound().Match(bad.Message) is { Success: true } unbound)
            return Problems.Validation(WireName(unbound), unbound.Groups["type"].Value switch
            {
                "Guid" => "must be a UUID",
                "int" or "long" => "must be an integer",
                "bool" => "must be true or false",
                _ => "is not valid",
            });
        if (Missing().Match(bad.Message) is { Success: true } missing)
            return missing.Groups["source"].Value == "body"
                ? Problems.MalformedJson.WithDetail("There is no body.")
                : Problems.Validation(WireName(missing), "is required");
        return Problems.MalformedJson.WithDetail(
            bad.InnerException is JsonException json ? Binder.DescribeSyntaxError(json) : "The body could not be read.");
    }

    private static string WireName(Match parameter) =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(parameter.Groups["name"].Value);

    [GeneratedRegex(
        """^Failed to bind parameter "(Nullable<)?(?<type>\w+)\S* (?<name>\w+)" from """, RegexOptions.ExplicitCapture)]
    private static partial Regex Unbound();

    [GeneratedRegex(
        """^Required parameter "\S+ (?<name>\w+)" was not provided from (?<source>.+)\.$""", RegexOptions.ExplicitCapture)]
    private static partial Regex Missing();

    [LoggerMessage(100, LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFault(Exception exception, string method, string path);

    [LoggerMessage(101, LogLevel.Warning, "{Method} {Path} found a dependency away")]
    private partial void LogUnavailable(Exception exception, string method, string path);
}
