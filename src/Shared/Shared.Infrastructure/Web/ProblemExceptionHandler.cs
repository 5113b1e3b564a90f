using System.Text.RegularExpressions;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Infrastructure.Persistence;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Shared.Infrastructure.Web;

/// <summary>Turns what was thrown into the documented problem; only a fault of this service is a 500, and is logged.</summary>
public sealed partial class ProblemExceptionHandler(ILogger<ProblemExceptionHandler> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var problem = ToProblem(exception);
        if (problem.Status == StatusCodes.Status500InternalServerError)
            LogFault(exception, httpContext.Request.Method, httpContext.Request.Path);
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
            return Problems.PayloadTooLarge(Body<object>.MaxBytes);
        if (bad.StatusCode == StatusCodes.Status415UnsupportedMediaType)
            return Problems.UnsupportedMediaType;
        // "Failed to bind parameter "Guid id" from "abc"."; "Required parameter "string name" was not provided from query string."
        if (BoundParameter().Match(bad.Message) is { Success: true } parameter)
        {
            var isMissing = bad.Message.StartsWith("Required", StringComparison.Ordinal);
            return Problems.Validation(parameter.Groups["name"].Value, isMissing ? "is required" : parameter.Groups["type"].Value switch
            {
                "Guid" => "must be a UUID",
                "int" or "long" => "must be an integer",
                "bool" => "must be true or false",
                _ => "is not valid",
            });
        }
        return new Problem("validation_error", bad.StatusCode, "The request is not valid.", "The request could not be read.");
    }

    [GeneratedRegex("""parameter "(Nullable<)?(?<type>\w+)[>?]* (?<name>\w+)" """, RegexOptions.ExplicitCapture)]
    private static partial Regex BoundParameter();

    [LoggerMessage(100, LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFault(Exception exception, string method, string path);
}
