using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace Beat.Messaging.Shared.Hosting.Web;

/// <summary>A JSON request body, read and checked by <see cref="Binder"/>; the parameter type that endpoints use.</summary>
public sealed class Body<T> : IEndpointParameterMetadataProvider
    where T : class
{
    public const int MaxBytes = 64 * 1024;

    internal static readonly Problem TooLarge = Problems.PayloadTooLarge.WithDetail($"A body has at most {MaxBytes} bytes.");

    private static readonly JsonElement Empty = JsonDocument.Parse("{}").RootElement;

    private Body(T value) => Value = value;

    public T Value { get; }

    /// <exception cref="ProblemException">415, 413 or 400.</exception>
    public static async ValueTask<Body<T>> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var request = context.Request;
        var isJson = request.HasJsonContentType();
        // Left out altogether, be it under a type that the client always names: then nothing is said of any field.
        if ((request.ContentType is null || isJson)
            && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
            return new Body<T>(Binder.Bind<T>(Empty).Value);
        if (!isJson)
            throw new ProblemException(Problems.UnsupportedMediaType);
        if (request.Headers.GetCommaSeparatedValues("Content-Encoding")
            .Any(coding => !coding.Equals("identity", StringComparison.OrdinalIgnoreCase)))
            throw new ProblemException(Problems.UnsupportedEncoding);
        if (request.ContentLength > MaxBytes)
            throw new ProblemException(TooLarge);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MaxBytes;
        JsonDocument document;
        try
        {
            document = await JsonDocument.ParseAsync(request.Body, Binder.DocumentOptions, context.RequestAborted);
        }
        catch (JsonException malformed)
        {
            throw new ProblemException(Problems.MalformedJson.WithDetail(Binder.DescribeSyntaxError(malformed)));
        }
        // Its name for a lone surrogate or invalid UTF-8 in a name, where it looks for names given twice.
        catch (InvalidOperationException)
        {
            throw new ProblemException(Problems.MalformedJson.WithDetail("A name is not valid Unicode."));
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw new ProblemException(TooLarge);
        }
        // Kestrel's for a chunk whose size is beyond all numbers; it also comes when the client has gone, whom no answer reaches.
        catch (IOException broken) when (broken is not BadHttpRequestException && !context.RequestAborted.IsCancellationRequested)
        {
            throw new ProblemException(Problems.MalformedJson.WithDetail("The body could not be read."));
        }
        using (document)
            return new Body<T>(Binder.Bind<T>(document.RootElement, field => FindRepeated(context, field)).Value);
    }

    /// <summary>What the address says of a field that the body may say again.</summary>
    private static object? FindRepeated(HttpContext context, string field) =>
        context.RequestServices.GetServices<RepeatedParameter>()
            .FirstOrDefault(repeated => repeated.Field == field) is { } repeated
            ? context.Request.RouteValues[repeated.Parameter]
            : null;

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T)));
}
