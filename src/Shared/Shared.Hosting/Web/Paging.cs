using System.Buffers.Text;
using System.Linq.Expressions;
using System.Security.Cryptography;
using Beat.Messaging.Shared.Hosting.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Shared.Hosting.Web;

/// <summary>A page of a list.</summary>
public sealed record Page<T>(IReadOnlyList<T> Data, Pagination Pagination)
{
    public Page<TOut> Map<TOut>(Func<T, TOut> map) => new([.. Data.Select(map)], Pagination);
}

/// <summary>How to go on.</summary>
/// <param name="HasMore">Whether the direction that was asked for goes on.</param>
/// <param name="NextCursor">Repeat the request with <c>after</c> set to it; null on an empty page.</param>
/// <param name="PrevCursor">Repeat the request with <c>before</c> set to it; null on an empty page.</param>
public sealed record Pagination(bool HasMore, string? NextCursor, string? PrevCursor);

/// <summary>Positions in lists, opaque to clients and signed, so that one that was not given out is refused.</summary>
public sealed class Cursors(byte[] key)
{
    /// <summary>Those of one list alone.</summary>
    /// <param name="list">Its name and all that decides which rows it has: whose it is, of what group, and every filter.</param>
    public ListCursors Of(params IReadOnlyList<object?> list) =>
        new(key, JsonSerializer.SerializeToUtf8Bytes(list, WireJson.Options));
}

/// <inheritdoc cref="Cursors"/>
public sealed class ListCursors(byte[] key, byte[] list)
{
    private const int TagLength = 8;

    internal string Write(object sort, Guid id)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new[] { sort, id }, WireJson.Options);
        return Base64Url.EncodeToString([.. Tag(body), .. body]);
    }

    internal bool TryRead<TSort>(string cursor, out TSort sort, out Guid id)
    {
        (sort, id) = (default!, default);
        try
        {
            var bytes = Base64Url.DecodeFromChars(cursor);
            if (bytes.Length <= TagLength
                || !CryptographicOperations.FixedTimeEquals(Tag(bytes.AsSpan(TagLength)), bytes.AsSpan(0, TagLength)))
                return false;
            using var body = JsonDocument.Parse(bytes.AsMemory(TagLength));
            sort = body.RootElement[0].Deserialize<TSort>(WireJson.Options)!;
            id = body.RootElement[1].GetGuid();
            return true;
        }
        // No base64; or signed by another version, whose list had another order.
        catch (Exception foreign) when (foreign is FormatException or JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private ReadOnlySpan<byte> Tag(ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. list, .. body];
        return HMACSHA256.HashData(key, signed).AsSpan(0, TagLength);
    }
}

/// <summary>What a client asks of a list: <c>?limit&amp;after&amp;before</c>. Endpoints take it <c>[AsParameters]</c>.</summary>
/// <param name="Limit">1 to 100, 20 unless told.</param>
public readonly record struct PageRequest(
    [property: FromQuery(Name = "limit")] int? Limit, [property: FromQuery(Name = "after")] string? After,
    [property: FromQuery(Name = "before")] string? Before)
{
    public const int DefaultLimit = 20;
    public const int MaxLimit = 100;

    /// <summary>The limit, or the problem with it.</summary>
    public static Result<int> CheckLimit(int? limit) => (limit ?? DefaultLimit) is >= 1 and <= MaxLimit and var checkedLimit
        ? checkedLimit
        : Problems.Validation("limit", $"must be between 1 and {MaxLimit}");
}

/// <summary>Keyset paging: the rows after (or before) one, never an offset.</summary>
public static class Paging
{
    /// <param name="sort">What the list is ordered by; ties go by <paramref name="id"/>.</param>
    public static async Task<Result<Page<T>>> ToPage<T, TSort>(
        this IQueryable<T> rows, PageRequest request, ListCursors cursors, Expression<Func<T, TSort>> sort,
        Expression<Func<T, Guid>> id, bool descending, CancellationToken ct)
        where TSort : notnull
    {
        if (PageRequest.CheckLimit(request.Limit) is { IsProblem: true } bad)
            return bad.Problem!;
        if (request is { After: not null, Before: not null })
            return Problems.Validation("before", "must not be sent together with after");
        var limit = request.Limit ?? PageRequest.DefaultLimit;
        var backwards = request.Before is not null;
        if ((request.After ?? request.Before) is { } cursor)
        {
            if (!cursors.TryRead<TSort>(cursor, out var fromSort, out var fromId))
                return Problems.Validation(backwards ? "before" : "after", "must be a cursor of this list");
            rows = rows.Where(Beyond(sort, id, fromSort, fromId, lower: descending != backwards));
        }
        var ordered = descending != backwards
            ? rows.OrderByDescending(sort).ThenByDescending(id)
            : rows.OrderBy(sort).ThenBy(id);
        var found = await ordered.Take(limit + 1).ToListAsync(ct);
        var hasMore = found.Count > limit;
        if (hasMore)
            found.RemoveAt(limit);
        if (backwards)
            found.Reverse();
        if (found.Count == 0)
            return new Page<T>([], new Pagination(false, null, null));
        var (sortOf, idOf) = (sort.Compile(), id.Compile());
        return new Page<T>(found, new Pagination(hasMore, CursorOf(found[^1]), CursorOf(found[0])));

        string CursorOf(T row) => cursors.Write(sortOf(row), idOf(row));
    }

    /// <summary><c>(sort, id) &lt; (fromSort, fromId)</c>, or greater.</summary>
    private static Expression<Func<T, bool>> Beyond<T, TSort>(
        Expression<Func<T, TSort>> sort, Expression<Func<T, Guid>> id, TSort fromSort, Guid fromId, bool lower)
    {
        var row = sort.Parameters[0];
        var idBody = new Renamed(id.Parameters[0], row).Visit(id.Body);
        var from = new { Sort = fromSort, Id = fromId };
        var sortValue = Expression.Property(Expression.Constant(from), nameof(from.Sort));
        var idValue = Expression.Property(Expression.Constant(from), nameof(from.Id));
        var body = Expression.OrElse(
            Compare(sort.Body, sortValue),
            Expression.AndAlso(Expression.Equal(sort.Body, sortValue), Compare(idBody, idValue)));
        return Expression.Lambda<Func<T, bool>>(body, row);

        Expression Compare(Expression left, Expression right)
        {
            // Strings and UUIDs have no operators; the providers translate CompareTo.
            if (left.Type == typeof(string) || left.Type == typeof(Guid))
            {
                left = Expression.Call(left, left.Type.GetMethod(nameof(string.CompareTo), [left.Type])!, right);
                right = Expression.Constant(0);
            }
            return lower ? Expression.LessThan(left, right) : Expression.GreaterThan(left, right);
        }
    }

    private sealed class Renamed(ParameterExpression from, ParameterExpression to) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == from ? to : node;
    }
}
