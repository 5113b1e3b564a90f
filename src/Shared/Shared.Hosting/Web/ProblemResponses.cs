using System.Diagnostics;
using System.Globalization;
using Beat.Messaging.Shared.Hosting.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Beat.Messaging.Shared.Hosting.Web;

/// <summary>Problems on the wire: the same object in an HTTP answer and in a hub's error.</summary>
public static class ProblemResponses
{
    /// <summary>Problem bodies for results, exceptions and bare status codes; goes with <see cref="UseProblems"/>.</summary>
    public static IServiceCollection AddProblems(this IServiceCollection services) => services
        .AddSingleton<IProblemDetailsService, ProblemWriter>()
        .AddExceptionHandler<ProblemExceptionHandler>()
        // Otherwise what does not bind is an exception in Development and an empty 400 in Production.
        .Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);

    /// <summary>First in the pipeline: what comes after it may throw, or answer a status without a body.</summary>
    public static IApplicationBuilder UseProblems(this IApplicationBuilder app) => app
        .UseMiddleware<RequestId>()
        .UseExceptionHandler()
        .UseStatusCodePages(pages => pages.HttpContext.Write(ForStatus(pages.HttpContext)));

    /// <summary>The whole problem as JSON, for the message of a <c>HubException</c>.</summary>
    public static string ToJson(this Problem problem)
    {
        var details = ToDetails(problem);
        if (Activity.Current is { } activity)
            details.Extensions["trace_id"] = activity.TraceId.ToHexString();
        return JsonSerializer.Serialize(details, WireJson.Options);
    }

    public static ProblemHttpResult ToResult(this Problem problem) => TypedResults.Problem(ToDetails(problem));

    /// <summary>200 with the value, or the problem.</summary>
    public static Results<Ok<T>, ProblemHttpResult> ToOk<T>(this Result<T> result) =>
        result.Problem is { } problem ? problem.ToResult() : TypedResults.Ok(result.Value);

    /// <summary>204, or the problem.</summary>
    public static Results<NoContent, ProblemHttpResult> ToNoContent(this Problem? refused) =>
        refused is not null ? refused.ToResult() : TypedResults.NoContent();

    /// <param name="location">A reference relative to the request, so that it holds behind a gateway that adds a prefix.</param>
    public static Results<Created<T>, ProblemHttpResult> ToCreated<T>(this Result<T> result, Func<T, string> location) =>
        result.Problem is { } problem ? problem.ToResult() : TypedResults.Created(location(result.Value), result.Value);

    /// <summary>201 when it was made now, 200 when it was there.</summary>
    public static Results<Created<T>, Ok<T>, ProblemHttpResult> ToCreatedOrOk<T>(
        this Result<T> result, bool isNew, Func<T, string> location) =>
        result.Problem is { } problem ? problem.ToResult()
        : isNew ? TypedResults.Created(location(result.Value), result.Value)
        : TypedResults.Ok(result.Value);

    /// <summary>Writes the problem as the answer, from where no result can be returned.</summary>
    public static Task Write(this HttpContext context, Problem problem) => problem.ToResult().ExecuteAsync(context);

    /// <summary>Documents the problems that a route can answer with, beside those that all share.</summary>
    public static TBuilder Refuses<TBuilder>(this TBuilder endpoint, params Problem[] problems)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.WithMetadata(new RefusesMetadata(problems));
        return endpoint;
    }

    private static ProblemDetails ToDetails(Problem problem)
    {
        var details = new ProblemDetails
        {
            Type = problem.Type,
            Title = problem.Title,
            Status = problem.Status,
            Detail = problem.Detail,
            Extensions = { ["code"] = problem.Code },
        };
        if (problem.Errors is { } errors)
            details.Extensions["errors"] = errors;
        if (problem.RetryAfter is { } seconds)
            details.Extensions["retry_after"] = seconds;
        foreach (var (name, value) in problem.Extensions ?? new Dictionary<string, object?>())
            details.Extensions[name] = value;
        return details;
    }

    private static Problem ForStatus(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status401Unauthorized => Problems.Unauthorized.WithDetail(
            context.Request.Headers.Authorization.Count == 0
                ? "Send one in the header Authorization: Bearer <token>."
                : "This one is not valid here, or has expired."),
        StatusCodes.Status403Forbidden => Problems.Forbidden.WithDetail("The access token does not allow this."),
        StatusCodes.Status404NotFound => Problems.NotFound,
        StatusCodes.Status405MethodNotAllowed => Problems.MethodNotAllowed,
        StatusCodes.Status413PayloadTooLarge => Body<object>.TooLarge,
        StatusCodes.Status415UnsupportedMediaType => Problems.UnsupportedMediaType,
        StatusCodes.Status503ServiceUnavailable => Problems.StoreUnavailable,
        var status and >= 400 and < 500 => Problems.ValidationError with { Status = status },
        _ => Problems.Internal,
    };

    /// <summary>Every problem of an HTTP answer passes here, whoever made it and whatever the client accepts.</summary>
    private sealed class ProblemWriter : IProblemDetailsService
    {
        public async ValueTask WriteAsync(ProblemDetailsContext context) => await TryWriteAsync(context);

        public async ValueTask<bool> TryWriteAsync(ProblemDetailsContext context)
        {
            var (http, details) = (context.HttpContext, context.ProblemDetails);
            if (http.Response.HasStarted)
                return false;
            details.Instance = http.Request.Path.ToUriComponent();
            details.Extensions["trace_id"] = Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier;
            if (details.Extensions.TryGetValue("retry_after", out var value) && value is int seconds)
                http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            if (details.Status == StatusCodes.Status415UnsupportedMediaType && http.Request.Headers.ContentEncoding.Count > 0)
                http.Response.Headers.AcceptEncoding = "identity";
            await http.Response.WriteAsJsonAsync(details, WireJson.Options, "application/problem+json", http.RequestAborted);
            return true;
        }
    }
}

/// <summary>The problems that an endpoint names for its documentation.</summary>
public sealed record RefusesMetadata(IReadOnlyList<Problem> Problems);
