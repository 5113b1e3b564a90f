using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Infrastructure.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Beat.Messaging.Shared.Infrastructure.Web;

/// <summary>Problems on the wire: the same object in an HTTP answer and in a hub's error.</summary>
public static class ProblemResponses
{
    /// <summary>The whole problem as JSON, for the message of a <c>HubException</c>.</summary>
    public static string ToJson(this Problem problem)
    {
        var json = new JsonObject
        {
            ["type"] = problem.Type,
            ["title"] = problem.Title,
            ["status"] = problem.Status,
            ["detail"] = problem.Detail,
        };
        foreach (var (name, value) in Members(problem))
            json[name] = JsonSerializer.SerializeToNode(value, WireJson.Options);
        return json.ToJsonString(WireJson.Options);
    }

    public static ProblemHttpResult ToResult(this Problem problem) => TypedResults.Problem(ToDetails(problem));

    /// <summary>200 with the value, or the problem.</summary>
    public static Results<Ok<T>, ProblemHttpResult> ToOk<T>(this Result<T> result) =>
        result.Problem is { } problem ? problem.ToResult() : TypedResults.Ok(result.Value);

    /// <summary>204, or the problem.</summary>
    public static Results<NoContent, ProblemHttpResult> ToNoContent<T>(this Result<T> result) =>
        result.Problem is { } problem ? problem.ToResult() : TypedResults.NoContent();

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

    /// <summary>What every problem of an HTTP answer gets on its way out.</summary>
    internal static void Complete(ProblemDetailsContext context)
    {
        var details = context.ProblemDetails;
        var http = context.HttpContext;
        if (!details.Extensions.ContainsKey("code"))
        {
            // Made by the framework, which knows the status only.
            var problem = Of(details.Status ?? http.Response.StatusCode);
            (details.Type, details.Title, details.Detail) = (problem.Type, problem.Title, problem.Detail);
            foreach (var (name, value) in Members(problem))
                details.Extensions[name] = value;
        }
        details.Instance = http.Request.Path;
        details.Extensions["trace_id"] = Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier;
        if (details.Extensions.TryGetValue("retry_after", out var seconds) && seconds is int wait)
            http.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Documents the problems that a route can answer with, beside those that all share.</summary>
    public static TBuilder Refuses<TBuilder>(this TBuilder endpoint, params Problem[] problems)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.WithMetadata(new RefusesMetadata(problems));
        return endpoint;
    }

    private static Problem Of(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => Problems.Unauthorized(),
        StatusCodes.Status403Forbidden => Problems.Forbidden("The access token does not allow this."),
        StatusCodes.Status404NotFound => Problems.NotFound,
        StatusCodes.Status405MethodNotAllowed => Problems.MethodNotAllowed,
        StatusCodes.Status413PayloadTooLarge => Problems.PayloadTooLarge(Body<object>.MaxBytes),
        StatusCodes.Status415UnsupportedMediaType => Problems.UnsupportedMediaType,
        StatusCodes.Status503ServiceUnavailable => Problems.StoreUnavailable,
        >= 400 and < 500 => new Problem("validation_error", status, "The request is not valid."),
        _ => Problems.Internal,
    };

    private static ProblemDetails ToDetails(Problem problem)
    {
        var details = new ProblemDetails { Type = problem.Type, Title = problem.Title, Status = problem.Status, Detail = problem.Detail };
        foreach (var (name, value) in Members(problem))
            details.Extensions[name] = value;
        return details;
    }

    private static IEnumerable<KeyValuePair<string, object?>> Members(Problem problem)
    {
        yield return new("code", problem.Code);
        if (problem.Errors is { } errors)
            yield return new("errors", errors);
        if (problem.RetryAfter is { } seconds)
            yield return new("retry_after", seconds);
        foreach (var extension in problem.Extensions ?? new Dictionary<string, object?>())
            yield return extension;
    }
}

/// <summary>The problems that an endpoint names for its documentation.</summary>
public sealed record RefusesMetadata(IReadOnlyList<Problem> Problems);
