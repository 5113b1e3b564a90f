using System.Globalization;
using Beat.Messaging.Messages.Search;
using Beat.Messaging.Shared.Hosting.Auth;
using Beat.Messaging.Shared.Hosting.Time;
using Carter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Beat.Messaging.Messages.ListMessages;

/// <summary>A page of a group's history, oldest first.</summary>
/// <param name="HeadSeq">Of the newest message; 0 in an empty group.</param>
/// <param name="Changed">The cursor up to which all changes are settled; pass it as <c>changed_since</c> next time.</param>
/// <param name="Epoch">Another one means that the history was restored from a backup: drop what you hold.</param>
internal sealed record MessagePage(
    IReadOnlyList<MessageResponse> Data, Pagination Pagination, long HeadSeq, string Changed, Guid Epoch);

/// <summary>What is asked of a group's history.</summary>
internal sealed record ListMessagesQuery(
    [property: FromQuery(Name = "limit")] int? Limit, [property: FromQuery(Name = "before")] string? Before,
    [property: FromQuery(Name = "after")] string? After, [property: FromQuery(Name = "around")] string? Around,
    [property: FromQuery(Name = "changed_since")] string? ChangedSince, [property: FromQuery(Name = "search")] string? Search,
    [property: FromQuery(Name = "type")] string? Type, [property: FromQuery(Name = "garment_id")] Guid? GarmentId);

internal sealed class ListMessagesEndpoint : ICarterModule
{
    private const int UuidLength = 36;

    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/groups/{id}/messages", Handle)
        .RequireScope(MessageScopes.View)
        .WithName("ListMessages").WithTags("Messages")
        .WithSummary("Read a group's history")
        .WithDescription(
            "By `seq`: the newest page, or `before` (older), `after` (newer), `around` (a seq or a message id), or what was `changed_since` a cursor. "
            + "A page is oldest first; `prev_cursor` and `next_cursor` are its first and last seq. "
            + "`search` finds messages with a word that begins with each of its words (10 at most), whatever their case, accents, width and "
            + "apostrophes; in scripts without spaces any part of a run of letters. It goes with `before`, `after`, `type` and `garment_id`.")
        .Refuses(MembershipProblems.GroupNotFound, Problems.Forbidden);

    private static async Task<Results<Ok<MessagePage>, ProblemHttpResult>> Handle(
        Guid id, [AsParameters] ListMessagesQuery query, ListMessages list, HttpRequest request, Caller caller) =>
        // The framework reads other notations of a UUID, too.
        request.Query["garment_id"] is [{ Length: not UuidLength }]
            ? Problems.Validation("garment_id", "must be a UUID").ToResult()
            : (await list.Run(id, caller, query)).ToOk();
}

internal sealed class ListMessages(MembershipCache memberships, IMessageHistory store, MessageReader reader, TimeProvider time)
{
    private const int FewestCompared = 100;

    public async Task<Result<MessagePage>> Run(Guid groupId, Caller caller, ListMessagesQuery query)
    {
        var entered = await memberships.RequireMember(groupId, caller.ProfileId);
        if (entered.IsProblem)
            return entered.Problem!;
        var limit = PageRequest.CheckLimit(query.Limit);
        if (limit.IsProblem)
            return limit.Problem!;
        if (new[] { query.Before, query.After, query.Around, query.ChangedSince }.Count(cursor => cursor is not null) > 1)
            return Problems.Validation("before", "must be the only one of before, after, around, changed_since");
        MessageType? type = query.Type switch
        {
            null => null,
            "text" => MessageType.Text,
            "borrow" => MessageType.Borrow,
            "system" => MessageType.System,
            _ => (MessageType)(-1),
        };
        if (type == (MessageType)(-1))
            return Problems.Validation("type", "must be one of text, borrow, system");

        var search = string.IsNullOrEmpty(query.Search) ? null : SearchTerms.OfQuery(query.Search);
        if (search is { Words: 0 or > SearchTerms.MaxTermsOfQuery })
            return Problems.Validation("search", $"must have 1 to {SearchTerms.MaxTermsOfQuery} words");
        if (search is not null && (query.Around ?? query.ChangedSince) is not null)
            return Problems.Validation("search", "must not be sent together with around or changed_since");

        var page = new MessageQuery(
            groupId, limit.Value)
        { Type = type, GarmentId = query.GarmentId, Terms = search?.Terms ?? [] };
        var runs = search?.Runs ?? [];
        var read = query switch
        {
            { ChangedSince: { } cursor } => await ChangedSince(page, cursor),
            { Around: { } middle } => await Around(page, middle),
            { After: { } after } => await From("after", after, seq => page with { After = seq }, runs),
            { Before: { } before } => await From("before", before, seq => page with { Before = seq }, runs),
            _ => await Take(page, runs),
        };
        return read.IsProblem ? read.Problem! : await Answer(groupId, read.Value);
    }

    private async Task<MessagePage> Answer(Guid groupId, Found found)
    {
        var head = (await store.Heads([groupId])).GetValueOrDefault(groupId);
        var (prev, next) = found.Messages is [var first, .., var last]
            ? (first, last)
            : found.Messages is [var only] ? (only, only) : (null, null);
        return new MessagePage(
            await reader.ToResponse(found.Messages),
            found.ByChange
                ? new Pagination(found.HasMore, next is null ? null : ChangePosition.Show(next), null)
                : new Pagination(
                    found.HasMore, next?.Seq.ToString(CultureInfo.InvariantCulture),
                    prev?.Seq.ToString(CultureInfo.InvariantCulture)),
            head.Seq, ChangeCursor.Settled(head.Changed, time.Now()), await store.Epoch());
    }

    /// <summary>One page in the direction of the query, oldest first.</summary>
    /// <param name="runs">What the messages that are found have besides.</param>
    private async Task<Found> Take(MessageQuery query, IReadOnlyList<string>? runs = null)
    {
        var found = await Read(query with { Limit = query.Limit + 1 }, runs ?? []);
        var hasMore = found.Count > query.Limit;
        if (hasMore)
            found.RemoveAt(query.Limit);
        if (query is { After: null, ChangedAfter: null })
            found.Reverse();
        return new Found(found, hasMore, ByChange: query.ChangedAfter is not null);
    }

    private async Task<List<Message>> Read(MessageQuery query, IReadOnlyList<string> runs)
    {
        if (runs.Count == 0)
            return [.. await store.Read(query)];
        // Terms cannot tell whether pairs of letters follow one another; few messages have them without.
        var found = new List<Message>();
        for (var next = query with { Limit = Math.Max(query.Limit, FewestCompared) }; ;)
        {
            var some = await store.Read(next);
            found.AddRange(some.Where(message => SearchTerms.Has(message.Content, runs)).Take(query.Limit - found.Count));
            if (found.Count == query.Limit || some.Count < next.Limit)
                return found;
            next = query.After is null ? next with { Before = some[^1].Seq } : next with { After = some[^1].Seq };
        }
    }

    private async Task<Result<Found>> From(string name, string text, Func<long, MessageQuery> query, IReadOnlyList<string> runs)
    {
        var seq = TrySeq(name, text);
        return seq.IsProblem ? seq.Problem! : await Take(query(seq.Value), runs);
    }

    private async Task<Result<Found>> ChangedSince(MessageQuery page, string cursor) =>
        ChangePosition.TryRead(cursor, out var position)
            ? await Take(page with { ChangedAfter = position })
            : Problems.Validation("changed_since", "must be a cursor of changes");

    private async Task<Result<Found>> Around(MessageQuery page, string middle)
    {
        long seq;
        if (Guid.TryParse(middle, out var id))
        {
            if (await store.Get(page.GroupId, id) is not { } message)
                return MessageProblems.NotFound;
            seq = message.Seq;
        }
        else if (TrySeq("around", middle) is { IsProblem: false } named)
        {
            seq = named.Value;
        }
        else
        {
            return Problems.Validation("around", "must be a seq or a message id");
        }
        var older = await Take(page with { Before = seq, Limit = page.Limit / 2 });
        var newer = await Take(page with { After = seq - 1, Limit = page.Limit - older.Messages.Count });
        return new Found([.. older.Messages, .. newer.Messages], older.HasMore, ByChange: false);
    }

    private static Result<long> TrySeq(string name, string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seq)
            ? seq
            : Problems.Validation(name, "must be a seq, in decimal");

    private sealed record Found(IReadOnlyList<Message> Messages, bool HasMore, bool ByChange);
}

/// <summary>
/// Where a page of changes begins: a cursor of an answer, read with an overlap; or the <c>next_cursor</c> of such a page, which
/// goes on exactly after its last message.
/// </summary>
internal static class ChangePosition
{
    public static string Show(Message last) =>
        $"{ChangeCursor.Format(last.Changed!.Value)}.{last.Seq.ToString(CultureInfo.InvariantCulture)}";

    public static bool TryRead(string text, out (long Changed, long Seq) position)
    {
        position = default;
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (!ChangeCursor.TryRead(dot < 0 ? text : text[..dot], out position.Changed))
            return false;
        if (dot >= 0)
            return long.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out position.Seq);
        position.Changed = Math.Max(0, position.Changed - (ChangeCursor.Overlap.Ticks / TimeSpan.TicksPerMicrosecond));
        return true;
    }
}
