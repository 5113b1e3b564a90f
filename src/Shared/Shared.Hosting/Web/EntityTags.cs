using Microsoft.Net.Http.Headers;

namespace Beat.Messaging.Shared.Hosting.Web;

/// <summary>Conditions of requests on the <c>ETag</c> of what they are about (RFC 9110, 13.1).</summary>
public static class EntityTags
{
    /// <summary>
    /// Whether <c>If-None-Match</c> says that the client has this one: <c>*</c>, or a list that holds it, strong or weak.
    /// </summary>
    /// <param name="ifNoneMatch">The header; one that cannot be read names nothing.</param>
    /// <param name="tag">With its quotes.</param>
    public static bool MatchesIfNoneMatch(string? ifNoneMatch, string tag) =>
        ifNoneMatch is not null
        && EntityTagHeaderValue.TryParseList([ifNoneMatch], out var held)
        && held.Any(
            one => one.Equals(EntityTagHeaderValue.Any)
                || one.Compare(new EntityTagHeaderValue(tag), useStrongComparison: false));
}
